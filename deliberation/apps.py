import datetime as dt

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliberationConfig(AppConfig):
    name = "deliberation"
    verbose_name = _("Deliberation")

    def ready(self) -> None:
        from deliberation import citing, subjects
        from deliberation.enums import Settlement
        from deliberation.kinds import MatterKind, register_kind
        from deliberation.services.silence import end_silent_consultations
        from portal.foundation.worker.jobs import register_job

        signatures = Settlement.SIGNATURES
        for kind in (
            MatterKind("theme", _("Theme"), Settlement.POSITIONS),
            MatterKind("session_plan", _("Session plan"), signatures),
            MatterKind("working_rule", _("Working rule"), signatures, becomes_norm=True),
            MatterKind("agreement", _("Inter-departmental agreement"), signatures, becomes_norm=True),
            MatterKind("minutes", _("Minutes"), signatures, becomes_norm=True, has_attendance=True),
        ):
            register_kind(kind)
        citing.register()
        subjects.register()
        register_job("end_silent_consultations", end_silent_consultations, every=dt.timedelta(hours=1))
