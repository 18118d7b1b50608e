"""Publishing several pages at once in Wagtail's explorer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from wagtail.admin.views.pages.bulk_actions.publish import PublishBulkAction
from wagtail.models import Page

from portal.org.forms.pages import CheckedPagesForm
from portal.org.models.pages import CheckedPage
from portal.org.services.secrecy import marked_text_error


class CheckedPublishBulkAction(PublishBulkAction):
    """Publishes pages that its person says to have checked for secrets, and none with a mark of classification."""

    form_class = CheckedPagesForm
    template_name = "org/admin/confirm_bulk_publish.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def prepare_action(self, objects: list[Page], objects_without_access: list[Page]) -> HttpResponse | None:
        if self.cleaned_form.cleaned_data["include_descendants"]:
            drafts = [draft for page in objects for draft in page.get_descendants().not_live()]
            objects = [*objects, *drafts]
        for page in objects:
            draft = page.get_latest_revision_as_object()
            mark = draft.classification_mark if isinstance(draft, CheckedPage) else ""
            if mark and (error := marked_text_error([mark], actor=self.request.user)):
                messages.error(self.request, f"{draft.get_admin_display_title()}: {error}")
                return redirect(self.next_url)
        return None
