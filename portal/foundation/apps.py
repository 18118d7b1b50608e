import datetime as dt

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "portal.foundation"
    label = "foundation"
    verbose_name = "Foundation"

    def ready(self) -> None:
        from portal.foundation import checks  # noqa: F401
        from portal.foundation.viewsets import guard_csv_exports

        guard_csv_exports()
        self._register_duties()
        self._register_jobs()

    def _register_duties(self) -> None:
        from portal.foundation.worker.duties import register_duty

        register_duty("tasks", "db_worker", "--no-reload", "--no-startup-delay", "--worker-id", "{worker_id}")
        register_duty("mail", "mail_worker")
        register_duty("clock", "clock")

    def _register_jobs(self) -> None:
        from portal.foundation.caches import delete_expired_entries
        from portal.foundation.mail.delivering import delete_parked_letters
        from portal.foundation.worker.interrupted_tasks import fail_lost_tasks, requeue_lost_tasks
        from portal.foundation.worker.jobs import register_command_job, register_job

        night = dt.time(3, 30)
        register_command_job("publish_scheduled", every=dt.timedelta(minutes=1))
        register_command_job("delete_expired_uploads", every=dt.timedelta(hours=1))
        register_job("requeue_lost_tasks", requeue_lost_tasks, every=dt.timedelta(minutes=1))
        register_job("delete_expired_entries", delete_expired_entries, every=dt.timedelta(hours=1))
        register_job("fail_lost_tasks", fail_lost_tasks, every=dt.timedelta(hours=1))
        register_command_job("clearsessions", at=night)
        register_command_job("prune_db_task_results", at=night)
        register_job("delete_parked_letters", delete_parked_letters, at=night)
