"""The form of a case: what it must be before it is saved or published."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext

from portal.foundation.joining import listed
from portal.org.forms.secrecy import PublishedForm


class CaseForm(PublishedForm):
    """Checks that headings belong to the case's kind and stand once, and before publishing that none is missing."""

    # Wagtail defers required fields while a draft is saved, and restores them to publish.
    is_draft = False

    def defer_required_fields(self) -> None:
        super().defer_required_fields()
        self.is_draft = True

    def restore_required_fields(self) -> None:
        super().restore_required_fields()
        self.is_draft = False

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if is_valid and (message := self._wrong_headings()):
            self.add_error(None, message)
            return False
        return is_valid

    def written_texts(self) -> list[str]:
        """Return titles and sections; drafts and submissions keep theirs whatever they bear."""
        bodies = [form.cleaned_data.get("body", "") for form in self.formsets["sections"].forms]
        titles = [self.cleaned_data.get(name, "") for name in ("title", "title_en")]
        return [*titles, *filter(None, bodies)]

    def _wrong_headings(self) -> str:
        """Return what is wrong with the headings, or an empty text."""
        kind = self.cleaned_data.get("kind")
        if kind is None:
            return ""
        sections = [form for form in self.formsets["sections"].forms if self._is_saved(form)]
        headings = [heading for form in sections if (heading := form.cleaned_data.get("heading"))]
        if any(heading.kind_id != kind.pk for heading in headings):
            return gettext("One of the headings belongs to another kind of case.")
        if len({heading.pk for heading in headings}) < len(headings):
            return gettext("A heading appears twice.")
        written = {heading.pk for heading in headings}
        missing = [h.name_here for h in kind.headings.filter(is_required=True) if h.pk not in written]
        if missing and not self.is_draft:
            return gettext("Nothing is written under %(headings)s.") % {"headings": listed(missing)}
        return ""

    @staticmethod
    def _is_saved(form: forms.BaseModelForm) -> bool:
        return bool(form.has_changed() or form.instance.pk) and not form.cleaned_data.get("DELETE")
