"""How much of an asker's office and department a question prints: decided when it is raised, and stored with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from inquiry.enums import Naming
from portal.org.models import Department, Membership, Office, PortalSettings, User


@dataclass(frozen=True)
class Affiliation:
    """The office and department of an asker, as far as the question prints them."""

    department: Department | None = None
    office: Office | None = None


@dataclass(frozen=True)
class NamingPreview:
    """What others will see under one way of being named; `note` says why it is less than the person might expect."""

    naming: str
    label: str
    note: str


def printed_affiliation(user: User, naming: str) -> Affiliation:
    """Return what a question of the person prints now: less where so few work there that it would name the person.

    An anonymous question prints the department, one under the office the office, each only from the portal's number of
    active people on. Who asks under the full name hides nothing.
    """
    if naming == Naming.FULL:
        return Affiliation(user.department, user.office)
    office = user.office if naming == Naming.OFFICE and _is_large(_people_of_office(user.office)) else None
    return Affiliation(user.department if _is_large(_people_of_department(user.department)) else None, office)


def naming_previews(user: User) -> list[NamingPreview]:
    """Return what others will see of the person, for each way of being named."""
    limit = PortalSettings.load().small_group_people
    reason = _("Fewer than %(count)d people with an account work there, so less is shown.") % {"count": limit}
    previews = []
    for naming in Naming.values:
        printed = printed_affiliation(user, naming)
        actual = user.department if naming == Naming.ANONYMOUS else user.office
        visible = printed.department if naming == Naming.ANONYMOUS else printed.office
        note = reason if actual and not visible else ""
        previews.append(NamingPreview(naming, _label(user, naming, printed), note))
    return previews


def _label(user: User, naming: str, printed: Affiliation) -> str:
    if naming == Naming.FULL:
        return f"{user} · {printed.office or _('no office')}"
    if naming == Naming.OFFICE:
        absent = _("Office not shown") if user.office else _("no office")
        return str(printed.office or printed.department or absent)
    absent = _("Department not shown") if user.department else _("no department")
    return str(printed.department or absent)


def _people_of_office(office: Office | None) -> QuerySet[Membership]:
    return _active_people().filter(office=office) if office else Membership.objects.none()


def _people_of_department(department: Department | None) -> QuerySet[Membership]:
    return _active_people().filter(office__department=department) if department else Membership.objects.none()


def _active_people() -> QuerySet[Membership]:
    return Membership.objects.current().filter(user__is_active=True)


def _is_large(people: QuerySet[Membership]) -> bool:
    return people.count() >= PortalSettings.load().small_group_people
