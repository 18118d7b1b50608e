import datetime as dt
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal.foundation.worker.duties import register_duty
        from portal.foundation.worker.jobs import register_command_job

        import_module("search.indexing.receivers")
        import_module("search.answers.receivers")
        register_duty("index", "index_worker")
        register_command_job("prune_search_traces", at=dt.time(3, 30))
