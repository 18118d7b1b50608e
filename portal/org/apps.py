import datetime as dt

from django.apps import AppConfig
from django.urls import reverse


class OrgConfig(AppConfig):
    name = "portal.org"
    label = "org"
    verbose_name = "Organisation"

    def ready(self) -> None:
        from portal.foundation.worker.jobs import register_job
        from portal.org.models import PasswordRequest
        from portal.org.rules import can_manage_account
        from portal.org.services.sign_in import delete_forgotten_failures
        from portal.org.subjects import register_subject

        register_job("delete_forgotten_failures", delete_forgotten_failures, every=dt.timedelta(hours=1))
        register_subject(
            PasswordRequest,
            title=lambda request: f"{request.user.display_name} ({request.user.username})",
            url=lambda request: reverse("org_password_requests"),
            readable=lambda user, request: can_manage_account(user, request.user),
            owner=lambda request: request.user,
        )
