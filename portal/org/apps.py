import datetime as dt

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "portal.org"
    label = "org"
    verbose_name = "Organisation"

    def ready(self) -> None:
        from portal.foundation.worker.jobs import register_job
        from portal.org.services.sign_in import delete_forgotten_failures

        register_job("delete_forgotten_failures", delete_forgotten_failures, every=dt.timedelta(hours=1))
