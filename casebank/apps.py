from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CasebankConfig(AppConfig):
    name = "casebank"
    verbose_name = _("Case bank")

    def ready(self) -> None:
        from wagtail.models import GroupApprovalTask
        from wagtail.workflows import get_task_types

        from casebank import receivers  # noqa: F401
        from casebank.models import TypicalCase
        from casebank.rules import can_approve_case
        from norms.registry import register_citing_model
        from portal.org.enums import AssignmentKind
        from portal.org.subjects import register_subject

        # Wagtail's own step publishes without the box.
        get_task_types().remove(GroupApprovalTask)
        register_subject(
            TypicalCase,
            url=lambda case: reverse("wagtailsnippets_casebank_typicalcase:edit", args=[case.pk]),
            readable=can_approve_case,
            is_open=lambda case: case.workflow_under_way is not None,
            related=("workflow_states",),
            approval=AssignmentKind.APPROVE_CASE,
        )
        register_citing_model(
            TypicalCase,
            kind="case",
            label=_("Cases"),
            visible=lambda user: TypicalCase.objects.published(),
            title="title_here",
            number="number",
        )
