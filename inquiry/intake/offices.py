"""Match the name of an office as received with the registered offices and departments."""

from __future__ import annotations

from dataclasses import dataclass

from inquiry.intake.fields import folded
from portal.org.models import Department, Office, OfficeAlias

COMMON_PREFIX = "人民"
# Characters of an ending: one alone, such as 局, says nothing, and six are a name of their own.
ENDING_LENGTHS = range(2, 6)


def office_key(name: str) -> str:
    """Return a name as it is compared: 人民 is often left out of the names of courts and procuratorates."""
    return folded(name).replace(COMMON_PREFIX, "")


@dataclass
class OfficeBook:
    """Names of offices and departments, read once for a file."""

    offices: dict[str, Office]
    departments: dict[str, Department]
    endings: dict[str, Department]

    @classmethod
    def load(cls) -> OfficeBook:
        """Read the names; where an alias equals the name of another office, the name counts."""
        offices = {office_key(office.name): office for office in Office.objects.select_related("department")}
        for alias in OfficeAlias.objects.select_related("office__department"):
            offices.setdefault(office_key(alias.name), alias.office)
        return cls(offices, _department_words(), _common_endings())

    def office(self, name: str) -> Office | None:
        """Return the office of that name or alias."""
        return self.offices.get(office_key(name)) if name else None

    def department(self, name: str) -> Department | None:
        """Return the department whose word stands last in an office's name, else the one whose offices end alike."""
        key = office_key(name)
        # A name can hold the words of two departments: the one that ends last decides, the longer of two there.
        matches = [(key.rfind(word) + len(word), len(word), word) for word in self.departments if word in key]
        if matches:
            return self.departments[max(matches)[2]]
        endings = (key[-length:] for length in reversed(ENDING_LENGTHS))
        return next((self.endings[ending] for ending in endings if ending in self.endings), None)


def _department_words() -> dict[str, Department]:
    """Return departments by each of their names and their code; a single character is no word."""
    words: dict[str, Department] = {}
    for department in Department.objects.all():
        for name in (department.name, department.short_name, department.name_en, department.code):
            if len(key := office_key(name)) > 1:
                words[key] = department
    return words


def _common_endings() -> dict[str, Department]:
    """Return endings of names that belong to offices of one department only."""
    owners: dict[str, set[Department]] = {}
    for office in Office.objects.select_related("department"):
        key = office_key(office.name)
        for length in ENDING_LENGTHS:
            if len(key) > length:
                owners.setdefault(key[-length:], set()).add(office.department)
    return {
        ending: next(iter(departments)) for ending, departments in owners.items() if len(departments) == 1
    }
