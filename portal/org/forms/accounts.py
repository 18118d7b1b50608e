"""Forms of the pages on which accounts are administered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from portal.org.enums import ROLE_EXPLANATIONS, Role
from portal.org.models import Office, User


def explained_roles() -> list[tuple[str, SafeString]]:
    """Return the roles as choices that say what somebody with the role may do."""
    label = '<span class="role-choice"><strong>{}</strong><span class="role-choice__text">{}</span></span>'
    return [(role.value, format_html(label, role.label, ROLE_EXPLANATIONS[role])) for role in Role]


class AccountForm(WagtailAdminModelForm):
    """One account with the office where the person works and the roles."""

    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).select_related("department"), label=_("office"), required=False
    )
    since = forms.DateField(
        label=_("at this office since"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Today, if left empty. Earlier memberships stay in the person's history."),
    )
    roles = forms.MultipleChoiceField(
        choices=explained_roles, label=_("roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "phone", "language"]
        labels = {"display_name": _("Full name")}

    field_order = ["username", "display_name", "office", "since", "roles", "email", "phone", "language"]


class NewAccountForm(AccountForm):
    """A new account, which has an office: the questions of the person carry it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].required = True


class ChangeAccountForm(AccountForm):
    """A change of an account; one's own roles and state are for somebody else to change."""

    class Meta(AccountForm.Meta):
        fields = [*AccountForm.Meta.fields, "is_active"]
        help_texts = {"is_active": _("A closed account cannot sign in; nothing of it is deleted.")}

    field_order = [*AccountForm.field_order, "is_active"]

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].initial = self.instance.office
        self.fields["roles"].initial = list(self.instance.groups.values_list("name", flat=True))
        if editing_self:
            self.fields["roles"].disabled = True
            self.fields["is_active"].disabled = True


class AccountSheetForm(forms.Form):
    """A sheet of accounts to preview."""

    sheet = forms.FileField(
        label=_("Sheet"),
        help_text=_("Excel (.xlsx) or CSV, with the columns of the template."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_sheet(self) -> UploadedFile:
        sheet = self.cleaned_data["sheet"]
        if sheet.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("The file is larger than the portal takes."))
        return sheet
