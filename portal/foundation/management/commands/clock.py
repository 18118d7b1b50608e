"""Does what is due: the duty of `manage.py worker` that needs nobody to ask for it."""

from __future__ import annotations

from typing import ClassVar

from portal.foundation.worker.clock import run_due_jobs
from portal.foundation.worker.polling import PollingCommand


class Command(PollingCommand):
    help = "Runs the registered jobs when they are due; several clocks may run. --once runs what is due and ends."
    poll_seconds: ClassVar[float] = 5.0

    def work(self) -> bool:
        run_due_jobs(is_stopping=self.is_stopping)
        return True
