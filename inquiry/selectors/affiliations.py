"""How much of an asker's office and department a question prints: decided when it is raised, and stored with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet
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


@dataclass(frozen=True)
class Headcount:
    """The numbers of active people by the key of their department, and in each department by that of their office.

    `limit` is the number of people from which on a group is printed.
    """

    limit: int
    by_department: dict[int, int]
    by_office: dict[int, dict[int, int]]


def current_headcount() -> Headcount:
    """Count the people of each department and office today, with two queries."""
    by_office: dict[int, dict[int, int]] = defaultdict(dict)
    grouped = _active_people().values_list("office__department", "office").annotate(people=Count("pk"))
    for department, office, people in grouped:
        by_office[department][office] = people
    by_department = {department: sum(offices.values()) for department, offices in by_office.items()}
    return Headcount(PortalSettings.load().small_group_people, by_department, by_office)


def printed_affiliation(user: User, naming: str, headcount: Headcount | None = None) -> Affiliation:
    """Return what a question of the person prints now: less where so few work there that it would name the person.

    An anonymous question prints the department, one under the office the office, each only from the portal's number of
    active people on, and only if what is left out elsewhere still stands for as many. Who asks under the full name
    hides nothing.
    """
    office = user.office
    if naming == Naming.FULL or office is None:
        return Affiliation(user.department, office)
    headcount = headcount or current_headcount()
    if office.department_id in _unprinted(headcount.by_department, headcount.limit):
        return Affiliation()
    offices = headcount.by_office.get(office.department_id, {})
    is_printed = naming == Naming.OFFICE and office.pk not in _unprinted(offices, headcount.limit)
    return Affiliation(office.department, office if is_printed else None)


def naming_previews(user: User) -> list[NamingPreview]:
    """Return what others will see of the person, for each way of being named."""
    previews, headcount = [], current_headcount()
    for naming in Naming.values:
        printed = printed_affiliation(user, naming, headcount)
        actual = user.department if naming == Naming.ANONYMOUS else user.office
        visible = printed.department if naming == Naming.ANONYMOUS else printed.office
        note = _why_less(actual, headcount) if actual and not visible else ""
        previews.append(NamingPreview(naming, _label(user, naming, printed), note))
    return previews


def _why_less(unprinted: Department | Office, headcount: Headcount) -> str:
    if isinstance(unprinted, Department):
        people = headcount.by_department
    else:
        people = headcount.by_office.get(unprinted.department_id, {})
    if people.get(unprinted.pk, 0) < headcount.limit:
        text = _("Fewer than %(count)d people who have signed in work there, so less is shown.")
        return text % {"count": headcount.limit}
    return _("Less is shown, so that the few people elsewhere are not told by being the only ones left out.")


def _label(user: User, naming: str, printed: Affiliation) -> str:
    if naming == Naming.FULL:
        return f"{user} · {printed.office or _('no office')}"
    if naming == Naming.OFFICE:
        absent = _("Office not shown") if user.office else _("no office")
        return str(printed.office or printed.department or absent)
    absent = _("Department not shown") if user.department else _("no department")
    return _("Anonymous · %(department)s") % {"department": printed.department or absent}


def _active_people() -> QuerySet[Membership]:
    # An account that nobody ever signed in to hides nobody: administrators see which are used.
    used = {"user__is_active": True, "user__last_login__isnull": False}
    return Membership.objects.current().filter(**used).order_by()


def _unprinted(people: dict[int, int], limit: int) -> set[int]:
    """Return the groups that are not printed: the small ones, and further ones until they are enough people together.

    Else a question that prints nothing would come from the one small group whose name is missing everywhere.
    """
    unprinted: set[int] = set()
    left_out = 0
    for key, count in sorted(people.items(), key=lambda row: (row[1], row[0])):
        if count >= limit and (left_out == 0 or left_out >= limit):
            break
        unprinted.add(key)
        left_out += count
    return unprinted
