"""People and where they work."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.foundation.enums import Lang
from portal.org.models.departments import Department, Office


class Grants(NamedTuple):
    """The names of somebody's roles, and of permissions as `app.codename`."""

    roles: frozenset[str]
    permissions: frozenset[str]


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_office(self) -> Self:
        """Fetch the office where people work now as well: two queries for any number of them."""
        current = Membership.objects.current().select_related("office__department")
        return self.prefetch_related(models.Prefetch("memberships", current, to_attr="current_memberships"))

    def joined_with_office(self) -> Self:
        """Fetch the office where people work now in the same query, which is what one person needs."""
        current = models.FilteredRelation("memberships", condition=Q(memberships__until__isnull=True))
        return self.annotate(joined_membership=current).select_related(
            "joined_membership__office__department"
        )


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Manager of people with Django's ways of making an account; made from a queryset, which mypy cannot follow."""


# mypy resolves the managers of relations from other apps in an order that leaves them out here.
class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person of one of the departments; accounts are created by administrators."""

    username = models.CharField(
        _("username"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    display_name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=Lang, default=Lang.ZH_HANS)
    is_staff = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    # An address that somebody asked for takes the other's place at `new_email_at`; until then it gets no mail.
    new_email = models.EmailField(_("new e-mail"), blank=True, editable=False)
    new_email_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Who wrote the address in the person's stead; None for the person, and for a command at the server. What is mailed
    # there may be read by that administrator.
    email_author = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    new_email_author = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # Since a password was set through an administrator's link, until a second administrator releases it.
    earlier_closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("made on"), default=timezone.now, editable=False)

    objects = PeopleManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name or self.username

    def get_short_name(self) -> str:
        return self.display_name or self.username

    @property
    def first_name(self) -> str:
        """Return the name that Wagtail's side bar shows; without it, that would be the username."""
        return self.display_name

    @cached_property
    def browser_key(self) -> str:
        """Return what a browser keeps the person's drafts under: whoever finds one there does not learn whose it is."""
        return salted_hmac("org.browser", str(self.pk), algorithm="sha256").hexdigest()[:24]

    @cached_property
    def grants(self) -> Grants:
        """Return the person's roles, and what they and the person's own permissions allow, by one query."""
        by_role = self.groups.order_by().values_list(
            "name", "permissions__content_type__app_label", "permissions__codename"
        )
        own = self.user_permissions.order_by().values_list(
            models.Value("", models.CharField()), "content_type__app_label", "codename"
        )
        rows = list(by_role.union(own, all=True))
        return Grants(
            roles=frozenset(role for role, _app, _codename in rows if role),
            permissions=frozenset(f"{app}.{codename}" for _role, app, codename in rows if codename),
        )

    @property
    def role_names(self) -> frozenset[str]:
        """Return the names of the person's groups, read once for the object (`forget_grants`)."""
        return self.grants.roles

    def forget_grants(self) -> None:
        """Let go of the roles and permissions that were read, after they were changed."""
        for name in ("grants", "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
            self.__dict__.pop(name, None)

    @cached_property
    def current_membership(self) -> Membership | None:
        """Return the membership of the office where the person works now, with office and department."""
        if "joined_membership" in self.__dict__:
            return self.__dict__["joined_membership"]
        # `with_office` has fetched them for all people of a queryset.
        fetched = getattr(self, "current_memberships", None)
        if fetched is not None:
            return fetched[0] if fetched else None
        return self.memberships.current().select_related("office__department").first()

    @property
    def office(self) -> Office | None:
        return self.current_membership.office if self.current_membership else None

    @property
    def department(self) -> Department | None:
        return self.office.department if self.office else None

    @property
    def department_id(self) -> int | None:
        return self.office.department_id if self.office else None

    def departments_since(self, moment: dt.datetime) -> frozenset[int]:
        """Return the keys of the departments where the person works, or worked after a moment."""
        fetched = getattr(self, "all_memberships", None)
        if fetched is None:
            memberships = self.memberships.all().since(moment)
            return frozenset(memberships.values_list("office__department_id", flat=True))
        return frozenset(row.office.department_id for row in fetched if row.is_since(moment))

    def is_colleague_since(self, other: User, moment: dt.datetime) -> bool:
        """Return whether one department is among `departments_since` of both."""
        return not self.departments_since(moment).isdisjoint(other.departments_since(moment))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(until__isnull=True)

    def since(self, moment: dt.datetime) -> Self:
        """Return the memberships that are current or were ended after a moment, whatever day was entered for the end."""
        return self.filter(Q(until__isnull=True) | Q(ended_at__gte=moment))


class Membership(models.Model):
    """A person's time at an office; at most one is current."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="memberships", verbose_name=_("office"))
    since = models.DateField(_("from"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    # When it was ended; days are entered by administrators.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(until__isnull=True), name="one_current_membership"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="membership_ends_after_start",
            ),
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.office}"

    def is_since(self, moment: dt.datetime) -> bool:
        """Return whether it is current or was ended after a moment (`MembershipQuerySet.since`)."""
        return self.until is None or (self.ended_at is not None and self.ended_at >= moment)
