from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InquiryConfig(AppConfig):
    name = "inquiry"
    verbose_name = _("Questions and dossiers")

    def ready(self) -> None:
        from inquiry import citing, receivers  # noqa: F401
        from inquiry.enums import DossierStatus
        from inquiry.models import Dossier, HeldSubmission, IdentityRequest, Question, QuestionCluster
        from inquiry.rules import (
            can_group,
            can_refine,
            can_request_identity,
            can_review_secrecy,
            can_view_dossier,
        )
        from portal.org.subjects import register_subject

        citing.register()
        register_subject(
            IdentityRequest,
            title=lambda request: request.question.number,
            url=lambda request: request.get_absolute_url(),
            readable=lambda user, request: can_request_identity(user),
            related=("question",),
        )
        # Work on the chain is for analysts; the titles that assignments show are those that all staff may see.
        register_subject(
            Question,
            title=lambda question: f"{question.number} {question.public_title()}",
            url=lambda question: question.get_absolute_url(),
            readable=lambda user, question: can_refine(user),
            is_open=lambda question: question.withdrawn_on is None,
            related=("refinements",),
        )
        register_subject(
            QuestionCluster,
            title=lambda cluster: f"{cluster.number} {cluster.title}",
            url=lambda cluster: cluster.get_absolute_url(),
            readable=lambda user, cluster: can_group(user),
            is_open=lambda cluster: cluster.merged_into_id is None,
        )
        register_subject(
            Dossier,
            title=lambda dossier: f"{dossier.number} {dossier.title}",
            url=lambda dossier: dossier.get_absolute_url(),
            readable=can_view_dossier,
            is_open=lambda dossier: dossier.status == DossierStatus.DRAFT,
        )
        register_subject(
            HeldSubmission,
            url=lambda submission: submission.get_absolute_url(),
            readable=lambda user, submission: can_review_secrecy(user),
        )
