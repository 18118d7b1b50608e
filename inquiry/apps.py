from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InquiryConfig(AppConfig):
    name = "inquiry"
    verbose_name = _("Questions and dossiers")

    def ready(self) -> None:
        from inquiry import citing, receivers, subjects  # noqa: F401

        citing.register()
        subjects.register()
