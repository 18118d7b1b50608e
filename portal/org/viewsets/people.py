"""Accounts in Wagtail's admin: its listing and forms, with the services of this app behind them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import TruncMonth
from django.forms import CheckboxSelectMultiple
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.boolean_radio_select import BooleanRadioSelect
from wagtail.admin.widgets.button import HeaderButton
from wagtail.users.views.users import CreateView, EditView, HistoryView, IndexView, UserViewSet

from portal.foundation import dates
from portal.foundation.joining import listed
from portal.foundation.viewsets import SaveByServiceMixin, no_such_page
from portal.org import services
from portal.org.enums import ApprovalKind, Role
from portal.org.forms.accounts import AccountForm, ChangeAccountForm, NewAccountForm
from portal.org.models import Department, User
from portal.org.requests import SignedInRequest
from portal.org.rules import can_manage_account, can_see_approvals
from portal.org.selectors import accounts_administered_by, open_approvals, open_password_requests
from portal.org.views import accounts, approvals
from portal.org.widgets import suggest_people

DETAILS = ("username", "display_name", "email", "phone", "language")


def _roles(user: User) -> str:
    labels = {role.value: str(role.label) for role in Role}
    return listed(labels.get(group.name, group.name) for group in user.groups.all())


def _last_sign_in(user: User) -> str:
    return dates.month(timezone.localdate(user.last_login)) if user.last_login else ""


def _account_note(user: User) -> str:
    return "" if user.is_active else str(_("closed"))


class PeopleFilterSet(WagtailFilterSet):
    is_active = django_filters.BooleanFilter(label=_("Active"), widget=BooleanRadioSelect)
    role = django_filters.MultipleChoiceFilter(
        field_name="groups__name", choices=Role.choices, label=_("Role"), widget=CheckboxSelectMultiple
    )
    department = django_filters.ModelMultipleChoiceFilter(
        label=_("Department"),
        queryset=Department.objects.all(),
        method="at_department",
        widget=CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields: list[str] = []

    def at_department(
        self, queryset: QuerySet[User], name: str, departments: QuerySet[Department]
    ) -> QuerySet[User]:
        """Keep people who work at an office of one of the departments now."""
        if not departments:
            return queryset
        current = {"memberships__until": None, "memberships__office__department__in": departments}
        return queryset.filter(**current).distinct()


class PeopleIndexView(IndexView):
    page_title = _("People")
    add_item_label = _("Add a person")
    template_name = "wagtailadmin/generic/index.html"
    results_template_name = "wagtailadmin/generic/index_results.html"
    search_fields = ["username", "display_name", "email", "phone"]
    columns = [
        TitleColumn(
            "display_name", label=_("Full name"), url_name="wagtailusers_users:edit", sort_key="display_name"
        ),
        Column("username", label=_("Username"), sort_key="username"),
        Column("office", label=_("Office")),
        Column("roles", label=_("Roles"), accessor=_roles),
        # To the month, in its order too: of a department's people, few sign in on the day of a question.
        Column(
            "last_sign_in_month",
            label=_("Last sign-in"),
            accessor=_last_sign_in,
            sort_key="last_sign_in_month",
        ),
        Column(
            "is_active", label=pgettext_lazy("remark", "Note"), accessor=_account_note, sort_key="is_active"
        ),
    ]

    def get_base_queryset(self) -> QuerySet[User]:
        accounts = accounts_administered_by(self.request.user).with_office().prefetch_related("groups")
        return accounts.annotate(last_sign_in_month=TruncMonth("last_login"))

    def get_list_buttons(self, instance: User) -> list[Any]:
        return []

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.order_by(self.ordering or "username", "username")

    def get_filterset_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs()
        kwargs.pop("is_searching", None)
        return kwargs

    @property
    def header_buttons(self) -> list[Any]:
        count = open_password_requests(self.request.user).count()
        requests = _("Password requests (%(count)d)") % {"count": count}
        return [
            *super().header_buttons,
            HeaderButton(_("Import a sheet"), url=reverse("org_import_accounts"), icon_name="upload"),
            HeaderButton(requests, url=reverse("org_password_requests"), icon_name="key"),
            *self._approval_buttons(),
        ]

    def _approval_buttons(self) -> list[Any]:
        if not can_see_approvals(self.request.user):
            return []
        label = _("Waiting for a second administrator (%(count)d)") % {"count": open_approvals().count()}
        return [HeaderButton(label, url=reverse("org_approvals"), icon_name="group")]


class _AdministeredAccount:
    """Refuses accounts that the person may not administer; goes before a view of one account."""

    request: SignedInRequest

    def get_object(self, *args: Any, **kwargs: Any) -> User:
        account = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if not can_manage_account(self.request.user, account):
            raise PermissionDenied
        return account


class _SavesAccount(SaveByServiceMixin):
    """Saves by a service, and says what waits for a second administrator or for a day."""

    def say_what_waits(self, account: User) -> None:
        for approval in account.approvals.open().filter(kind=ApprovalKind.ROLE):
            text = _("%(what)s waits for a second administrator.") % {"what": approval.label}
            messages.warning(self.request, text)
        if account.new_email_at:
            day = dates.day(timezone.localdate(account.new_email_at))
            messages.warning(self.request, _("The new e-mail address counts from %(day)s.") % {"day": day})

    def account_values(self) -> dict[str, Any]:
        data = self.form.cleaned_data
        return {
            **{name: data[name] for name in DETAILS},
            "office": data["office"],
            "since": data["since"],
            "roles": data["roles"],
            "actor": self.request.user,
        }


class PeopleCreateView(_SavesAccount, CreateView):
    page_title = _("Add a person")
    success_message = _("The account of %(object)s was made. Hand over the link for the password.")

    def save_instance(self) -> User:
        account = services.create_account(**self.account_values())
        self.say_what_waits(account)
        return account

    def get_success_url(self) -> str:
        return reverse("org_password_link", args=[self.object.pk])


class PeopleEditView(_AdministeredAccount, _SavesAccount, EditView):
    context_object_name = "account"
    success_message = _("The account of %(object)s was changed.")

    def save_instance(self) -> User:
        account = User.objects.get(pk=self.object.pk)
        is_active = self.form.cleaned_data["is_active"]
        account = services.update_account(user=account, is_active=is_active, **self.account_values())
        self.say_what_waits(account)
        return account

    @property
    def header_buttons(self) -> list[Any]:
        link = reverse("org_password_link", args=[self.object.pk])
        return [*super().header_buttons, HeaderButton(_("Link for the password"), url=link, icon_name="key")]


class PeopleHistoryView(_AdministeredAccount, HistoryView):
    pass


class PeopleViewSet(UserViewSet):
    """Pages of accounts, which are closed, not deleted; nobody lists where an account is used."""

    menu_label = _("People")
    menu_order = 690
    add_to_settings_menu = False
    add_to_admin_menu = True
    copy_view_enabled = False
    filterset_class = PeopleFilterSet
    index_view_class = PeopleIndexView
    add_view_class = PeopleCreateView
    edit_view_class = PeopleEditView
    history_view_class = PeopleHistoryView
    template_prefix = ""
    index_template_name = "wagtailadmin/generic/index.html"
    index_results_template_name = "wagtailadmin/generic/index_results.html"
    search_fields = PeopleIndexView.search_fields
    search_backend_name = None

    def get_form_class(self, for_update: bool = False) -> type[AccountForm]:
        return ChangeAccountForm if for_update else NewAccountForm

    def get_urlpatterns(self) -> list[URLPattern]:
        removed = {"delete", "usage", "copy"}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in removed] + [
            path("delete/<int:pk>/", no_such_page, name="delete"),
            path("usage/<int:pk>/", no_such_page, name="usage"),
        ]


def account_urls() -> list[URLPattern]:
    """Return the addresses of pages beside the viewset's."""
    return [
        path("people/import/", accounts.import_accounts, name="org_import_accounts"),
        path("people/import/run/", accounts.run_import, name="org_run_account_import"),
        path("people/import/rejected/", accounts.rejected_rows, name="org_rejected_accounts"),
        path("people/import/template.<str:file_format>", accounts.template, name="org_account_template"),
        path("people/suggestions/", suggest_people, name="org_people_suggestions"),
        path("people/requests/", accounts.password_requests, name="org_password_requests"),
        path("people/approvals/", approvals.approvals, name="org_approvals"),
        path("people/approvals/<uuid:pk>/", approvals.approval, name="org_approval"),
        path("people/approvals/<uuid:pk>/refuse/", approvals.refuse, name="org_refuse_approval"),
        path("people/approvals/<uuid:pk>/withdraw/", approvals.withdraw, name="org_withdraw_approval"),
        path("people/<int:pk>/link/", accounts.password_link, name="org_password_link"),
    ]
