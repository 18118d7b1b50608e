from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasebankConfig(AppConfig):
    name = "casebank"
    verbose_name = _("Case bank")

    def ready(self) -> None:
        from casebank import receivers  # noqa: F401
        from casebank.models import TypicalCase
        from norms.registry import register_citing_model

        register_citing_model(
            TypicalCase,
            kind="case",
            label=_("Cases"),
            visible=lambda user: TypicalCase.objects.published(),
            title="title_here",
            number="number",
        )
