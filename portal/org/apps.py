import datetime as dt

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.urls import reverse


class OrgConfig(AppConfig):
    name = "portal.org"
    label = "org"
    verbose_name = "Organisation"

    def ready(self) -> None:
        from wagtail.documents import get_document_model

        from portal.foundation.worker.jobs import register_job
        from portal.org import receivers  # noqa: F401
        from portal.org.enums import FileReviewStatus
        from portal.org.models import AccountApproval, FileReview, PasswordRequest
        from portal.org.rules import can_manage_account, can_see_approvals, can_view_file_review
        from portal.org.services.addresses import apply_due_address_changes
        from portal.org.services.file_reviews import record_upload
        from portal.org.services.reminders import end_orphaned_assignments, remind_of_assignments
        from portal.org.services.sign_in import delete_forgotten_failures
        from portal.org.subjects import register_subject

        register_job("delete_forgotten_failures", delete_forgotten_failures, every=dt.timedelta(hours=1))
        register_job("remind_of_assignments", remind_of_assignments, every=dt.timedelta(minutes=15))
        register_job("end_orphaned_assignments", end_orphaned_assignments)
        register_job("apply_due_address_changes", apply_due_address_changes, every=dt.timedelta(minutes=10))
        register_subject(
            PasswordRequest,
            title=lambda request: f"{request.user.display_name} ({request.user.username})",
            url=lambda request: reverse("org_password_requests"),
            readable=lambda user, request: can_manage_account(user, request.user),
            owner=lambda request: request.user,
            related=("user",),
        )
        post_save.connect(record_upload, sender=get_document_model())
        register_subject(
            FileReview,
            url=lambda review: review.get_absolute_url(),
            readable=can_view_file_review,
            is_open=lambda review: review.status == FileReviewStatus.HELD,
        )
        register_subject(
            AccountApproval,
            url=lambda approval: reverse("org_approval", args=[approval.pk]),
            readable=lambda user, approval: can_see_approvals(user),
            owner=lambda approval: approval.requested_by,
            related=("account", "requested_by"),
        )
