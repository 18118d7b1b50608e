"""The forms in which pages are edited and published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import DefaultPageForm

from portal.foundation.blocks import texts_in
from portal.org.forms.secrecy import SECRECY_CHECKED, PublishedForm, secrecy_check_label, unchecked_error

if TYPE_CHECKING:
    from portal.org.models import User

SECRECY_PANEL = FieldPanel(SECRECY_CHECKED, heading=_("Checked for secrets"), disable_comments=True)


class CheckedPageForm(PublishedForm, WagtailAdminPageForm):
    """Asks whoever publishes a page whether it was checked, and publishes none with a mark of classification."""

    def written_texts(self) -> Iterator[str]:
        """Yield all texts of the form, those of streams with captions and alternative texts."""
        return texts_in(list(self.cleaned_data.values()))


class CheckedPagesForm(DefaultPageForm):
    """What whoever publishes several pages at once says: that all of them were checked."""

    secrecy_checked = forms.BooleanField(required=True)
    # The drafts that stood when the form was opened.
    drafts = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["include_descendants"].label = _("Publish the unpublished pages below them, too")
        self.fields[SECRECY_CHECKED].label = secrecy_check_label(user)
        self.fields[SECRECY_CHECKED].error_messages["required"] = unchecked_error()
