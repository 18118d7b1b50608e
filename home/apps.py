from django.apps import AppConfig
from django.urls import reverse


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = "Home"

    def ready(self) -> None:
        from wagtail.models import get_page_models

        from home.rules import can_edit_page
        from portal.org.enums import AssignmentKind
        from portal.org.models.pages import CheckedPage
        from portal.org.subjects import register_subject

        # Pages have no workflow at first; administrators may give them one.
        for model in get_page_models():
            if issubclass(model, CheckedPage):
                register_subject(
                    model,
                    title=lambda page: page.get_admin_display_title(),
                    url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk]),
                    readable=can_edit_page,
                    is_open=lambda page: page.workflow_in_progress,
                    approval=AssignmentKind.APPROVE_PAGE,
                )
