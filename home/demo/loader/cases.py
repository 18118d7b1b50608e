"""Typical cases of the demo, published."""

from __future__ import annotations

from casebank.models import CaseKind, CaseSection, TypicalCase
from casebank.services import create_case, publish_case
from home.demo.loader.playback import clock_at, shifted
from home.demo.loader.reading import moment, read
from home.demo.loader.registry import Registry


def load_cases(registry: Registry) -> None:
    rows = read("cases")["case"]
    kinds = CaseKind.objects.in_bulk(field_name="code")
    registry.cases = TypicalCase.objects.in_bulk([row["number"] for row in rows], field_name="number")
    for row in rows:
        if row["number"] not in registry.cases:
            with clock_at(moment(shifted(row["published_on"], registry.today), "11:00")):
                registry.cases[row["number"]] = _publish(registry, row, kinds[row["kind"]])
            registry.created["cases"] += 1


def _publish(registry: Registry, row: dict, kind: CaseKind) -> TypicalCase:
    headings = {heading.name: heading for heading in kind.headings.all()}
    case = TypicalCase(
        title=row["title"],
        title_en=row["title_en"],
        kind=kind,
        department=registry.departments[row["department"]],
        decided_on=shifted(row["decided_on"], registry.today),
    )
    case.sections = [  # type: ignore[misc]
        CaseSection(heading=headings[name], body=text.strip(), sort_order=order)
        for order, (name, text) in enumerate(row["sections"].items())
    ]
    case.topics.set(registry.topics_of(row))
    editor = registry.people[row["by"]]
    return publish_case(case=create_case(case=case, actor=editor, number=row["number"]), actor=editor)
