"""Removes old traces of searches; a job of the clock."""

from typing import Any

from django.core.management.base import BaseCommand

from search.analytics.tracing import prune_traces


class Command(BaseCommand):
    help = (
        "Removes traces of searches that are older than TONGTANG_SEARCH_TRACE_DAYS; the clock does so daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        pruned = prune_traces()
        if options["verbosity"]:
            self.stderr.write(f"removed: {pruned.traces} traces, {pruned.queries} counted queries")
