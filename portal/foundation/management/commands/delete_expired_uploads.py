"""Delete uploaded files whose preview nobody came back to."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.foundation.uploads import delete_expired_uploads


class Command(BaseCommand):
    """A job of the clock; an upload itself deletes what expired before it, too."""

    help = "Delete uploads that were previewed and neither saved nor discarded within two hours."

    def handle(self, *args: Any, **options: Any) -> None:
        count = delete_expired_uploads()
        if options["verbosity"]:
            self.stdout.write(f"{count} expired uploads deleted")
