"""Pages in Wagtail's administration: nobody overwrites unseen what another saved, and what is published was checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.views.pages.bulk_actions.publish import PublishBulkAction
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.models import Page, Revision

from portal.foundation.conflicts import differing_rows, names_revision
from portal.foundation.revisions import RecordChanged
from portal.org.forms.pages import CheckedPagesForm
from portal.org.models.pages import CheckedPage
from portal.org.services.secrecy import marked_text_error

CONFLICT_TEMPLATE = "org/admin/page_conflict.html"


class PageEditView(EditView):
    """Wagtail's editor of pages, which saves over no draft that its form was not opened with.

    Wagtail compares only when the browser saves by itself, and only drafts that the form names. The second time, the form
    carries the present draft: who saves again has seen both texts.
    """

    conflict_rows: list[dict[str, str]] | None = None

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        # The row stays locked from the comparison until everything is saved.
        with transaction.atomic():
            if request.method == "POST":
                Page.objects.select_for_update().filter(pk=page_id).first()
            return super().dispatch(request, page_id, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.expects_json_response or self.page.alias_of_id or not self.is_out_of_date:
            return super().post(request, *args, **kwargs)
        return self._show_conflict()

    @cached_property
    def is_out_of_date(self) -> bool:
        """Return whether another draft was saved since the form was opened; one that names none knew of none."""
        return super().is_out_of_date if names_revision(self.request.POST) else bool(self.latest_revision)

    def _show_conflict(self) -> HttpResponse:
        opened = {
            "subscription": self.subscription,
            "parent_page": self.parent,
            "for_user": self.request.user,
        }
        stored = self.form_class(instance=self.real_page_record.get_latest_revision_as_object(), **opened)
        self.form = self.form_class(self.request.POST, self.request.FILES, instance=self.page, **opened)
        self.conflict_rows = differing_rows(stored, self.form)
        messages.error(self.request, RecordChanged(self.page).messages[0])
        self.has_unsaved_changes = True
        return self.render_to_response(self.get_context_data())

    def get_template_names(self) -> list[str]:
        return super().get_template_names() if self.conflict_rows is None else [CONFLICT_TEMPLATE]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "conflict_rows": self.conflict_rows}


class PageRevertView(PageEditView, RevisionsRevertView):
    """The page that puts an earlier draft in the place of the present one, if that is the one it was opened with."""


class CheckedPublishBulkAction(PublishBulkAction):
    """Publishes pages that its person says to have checked for secrets, and none with a mark of classification."""

    form_class = CheckedPagesForm
    template_name = "org/admin/confirm_bulk_publish.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {"drafts": _drafts_of(self.get_actionable_objects()[0])}
        return {**super().get_form_kwargs(), "user": self.request.user, "initial": initial}

    def prepare_action(self, objects: list[Page], objects_without_access: list[Page]) -> HttpResponse | None:
        if self.cleaned_form.cleaned_data["drafts"] != _drafts_of(objects):
            text = _(
                "Another draft was saved in the meantime, and nothing was published. Check it, then publish again."
            )
            messages.error(self.request, text)
            return redirect(self.next_url)
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


def _drafts_of(pages: Sequence[Page]) -> str:
    """Return which drafts of pages, and of unpublished pages below them, would be published now."""
    keys = [page.latest_revision_id for page in pages]
    for page in pages:
        keys += page.get_descendants().not_live().values_list("latest_revision_id", flat=True)
    saved = Revision.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "created_at")
    # A browser that saves by itself writes into the same draft again.
    return " ".join(f"{pk}:{saved_at.isoformat()}" for pk, saved_at in saved)
