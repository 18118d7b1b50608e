"""Matching an office as received to the offices and departments that the portal knows."""

from __future__ import annotations

from dataclasses import dataclass

from inquiry.intake.fields import folded
from portal.org.models import Department, Office, OfficeAlias

COMMON_PREFIX = "人民"


def office_key(name: str) -> str:
    """A name as it is compared: 人民 is often left out of the names of courts and procuratorates."""
    return folded(name).replace(COMMON_PREFIX, "")


@dataclass
class OfficeBook:
    """Names of offices and departments, read once for a file."""

    offices: dict[str, Office]
    departments: dict[str, Department]
    endings: dict[str, Department]

    @classmethod
    def load(cls) -> OfficeBook:
        offices = {office_key(each.name): each for each in Office.objects.select_related("department")}
        for alias in OfficeAlias.objects.select_related("office__department"):
            offices.setdefault(office_key(alias.name), alias.office)
        return cls(offices, _department_words(), _common_endings())

    def office(self, name: str) -> Office | None:
        return self.offices.get(office_key(name)) if name else None

    def department(self, name: str) -> Department | None:
        """The department whose word stands last in an office's name, else the one whose offices end alike."""
        key = office_key(name)
        found = [(key.rfind(word) + len(word), len(word), word) for word in self.departments if word in key]
        if found:
            return self.departments[max(found)[2]]
        return next((self.endings[key[-n:]] for n in range(5, 1, -1) if key[-n:] in self.endings), None)


def _department_words() -> dict[str, Department]:
    words: dict[str, Department] = {}
    for department in Department.objects.all():
        for name in (department.name, department.short_name, department.name_en, department.code):
            if len(key := office_key(name)) > 1:
                words[key] = department
    return words


def _common_endings() -> dict[str, Department]:
    """Endings of two to five characters that belong to offices of one department only."""
    owners: dict[str, set[Department]] = {}
    for office in Office.objects.select_related("department"):
        key = office_key(office.name)
        for length in range(2, 6):
            if len(key) > length:
                owners.setdefault(key[-length:], set()).add(office.department)
    return {ending: next(iter(found)) for ending, found in owners.items() if len(found) == 1}
