"""Edit views of Wagtail's admin that overwrite nothing unseen: a conflict shows both texts and saves neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.db.models import Model
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import select_template
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from taggit.forms import TagField
from taggit.utils import parse_tags
from wagtail.blocks import StreamValue
from wagtail.log_actions import log

from portal.foundation.blocks import texts_in
from portal.foundation.joining import listed
from portal.foundation.revisions import FIELD, RecordChanged, revision_of, snapshot, values_before

if TYPE_CHECKING:
    from wagtail.admin.views.generic import EditView as _EditView
else:
    _EditView = object

CONFLICT_TEMPLATE = "foundation/admin/conflict.html"


class RevisionCheckedMixin(_EditView):
    """An edit view whose form carries the revision it was opened with, and which refuses to save over another.

    It goes before Wagtail's edit view. A form that comes without its revision is refused as well. The second time, the
    form carries the present revision: who saves again has seen both texts.
    """

    conflict_rows: list[dict[str, str]] | None = None

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # The row stays locked from the comparison until everything is saved.
        with transaction.atomic():
            self.stored_record = self.lock_stored_record()
            return super().post(request, *args, **kwargs)

    def lock_stored_record(self) -> Model:
        """Lock the record's row and return what is stored, whatever the form changes on its own instance."""
        return get_object_or_404(self.model._base_manager.select_for_update(), pk=self.object_pk)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        revision = self.present_revision(form)
        if revision:
            form.fields[FIELD] = forms.CharField(widget=forms.HiddenInput, required=False, initial=revision)
        return form

    def present_revision(self, form: Any) -> str:
        """Return the revision of what is stored of the fields and child rows that the form shows."""
        record = getattr(self, "stored_record", None) or self.object
        return revision_of(record, [*form.fields, *getattr(form, "formsets", {})])

    def is_at_revision(self, form: Any) -> bool:
        """Return whether the form was opened with what is stored now."""
        return self.request.POST.get(FIELD) == self.present_revision(form)

    def is_valid(self, form: Any) -> bool:
        is_valid = super().is_valid(form)
        if self.is_at_revision(form):
            return is_valid
        self.produced_error_code = "changed"
        self.produced_error_message = RecordChanged(self.stored_record).messages[0]
        self.conflict_rows = differing_rows(self.stored_form(), form)
        form.data = form.data.copy()
        form.data[FIELD] = self.present_revision(form)
        return False

    def stored_form(self) -> Any:
        """Return a form that shows what is stored."""
        kwargs = {**self.get_form_kwargs(), "instance": self.stored_record}
        kwargs.pop("data", None)
        kwargs.pop("files", None)
        return self.get_form_class()(**kwargs)

    def save_instance(self) -> Any:
        """Save the form's record, and log what stood before."""
        names = [*self.form.fields, *getattr(self.form, "formsets", {})]
        before = snapshot(self.stored_record, names)
        instance = self.form.save()
        self.has_content_changes = self.form.has_changed()
        stored = self.model._base_manager.get(pk=instance.pk)
        log(
            instance=instance,
            action="wagtail.edit",
            content_changed=self.has_content_changes,
            data={"before": values_before(before, snapshot(stored, names))},
        )
        return instance

    def get_template_names(self) -> list[str]:
        return super().get_template_names() if self.conflict_rows is None else [CONFLICT_TEMPLATE]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.conflict_rows is not None:
            names = super().get_template_names()
            context |= {"edit_template": select_template(names), "conflict_rows": self.conflict_rows}
        return context


class DraftCheckedMixin(RevisionCheckedMixin):
    """The same for records with Wagtail's revisions: its own fields carry the revision, and its log what stood before."""

    def lock_stored_record(self) -> Model:
        stored: Any = super().lock_stored_record()
        return stored.get_latest_revision_as_object()

    @property
    def latest_revision(self) -> Any:
        """Return the present draft as it is once the row is locked, which Wagtail has read before."""
        record = getattr(self, "stored_record", None) or self.object
        return record.latest_revision

    def present_revision(self, form: Any) -> str:
        return ""

    def is_at_revision(self, form: Any) -> bool:
        if not self.latest_revision:
            return True
        return names_revision(self.request.POST) and not self.is_out_of_date

    def save_instance(self) -> Any:
        return super(RevisionCheckedMixin, self).save_instance()


def names_revision(data: Mapping[str, str]) -> bool:
    """Return whether a form of Wagtail's editor says with which draft it was opened; an empty name says nothing."""
    return bool(data.get("overwrite_revision_id") or data.get("loaded_revision_id"))


def differing_rows(stored: Any, typed: Any) -> list[dict[str, str]]:
    """Return the fields and child rows in which two forms differ: {label, now, typed}."""
    now, submitted = _displayed_values(stored), _displayed_values(typed)
    return [
        {"label": label, "now": now.get(label, ""), "typed": text}
        for label, text in submitted.items()
        # Compared by words: a browser sends other line breaks than the database holds.
        if text.split() != now.get(label, "").split()
    ]


def _displayed_values(form: Any) -> dict[str, str]:
    """Return what a form shows by label: a line for each value of a field, and for each child row.

    A form may name fields that are no part of the record as `not_compared`.
    """
    left_out = {FIELD, *getattr(form, "not_compared", ())}
    values = {str(form[name].label): _displayed(form[name]) for name in form.fields if name not in left_out}
    for name, formset in getattr(form, "formsets", {}).items():
        label = str(formset.model._meta.verbose_name_plural) or name
        rows = [child for child in formset.forms if not formset.is_bound or _stays(child)]
        values[label] = "\n".join(filter(None, map(_displayed_row, rows)))
    return values


def _stays(child: Any) -> bool:
    return not child["DELETE"].value() and (child.has_changed() or bool(child.instance.pk))


def _displayed_row(child: Any) -> str:
    if not child.is_bound and not child.instance.pk:
        return ""
    hidden = {"ORDER", "DELETE", child._meta.model._meta.pk.name}
    return " · ".join(filter(None, (_displayed(child[name]) for name in child.fields if name not in hidden)))


def _displayed(bound: BoundField) -> str:
    """Return what a field holds, in words: labels of choices, yes and no, dates as they are written."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return _("Yes") if value not in (False, "false", "False", "", None) else _("No")
    if isinstance(bound.field, forms.ChoiceField):
        keys = value if isinstance(value, list | tuple | set) else [value]
        labels = {str(key): str(label) for key, label in _flat(bound.field.choices)}
        return listed(
            labels.get(str(getattr(key, "pk", key)), str(key)) for key in keys if key not in (None, "")
        )
    if isinstance(value, StreamValue):
        return "\n".join(filter(None, map(strip_tags, texts_in(value))))
    text = bound.field.widget.format_value(value) if value is not None else ""
    if isinstance(bound.field, TagField):
        # A browser sends other spaces between tags than the widget shows.
        return listed(parse_tags(text or ""))
    return listed(text) if isinstance(text, list | tuple) else str(text or "")


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
