from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InquiryConfig(AppConfig):
    name = "inquiry"
    verbose_name = _("Questions and dossiers")

    def ready(self) -> None:
        from inquiry import citing, receivers  # noqa: F401
        from inquiry.models import IdentityRequest
        from inquiry.rules import can_request_identity
        from portal.org.subjects import register_subject

        citing.register()
        register_subject(
            IdentityRequest,
            title=lambda request: request.question.number,
            url=lambda request: request.get_absolute_url(),
            readable=lambda user, request: can_request_identity(user),
        )
