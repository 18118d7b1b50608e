"""Typical cases of the demo, published."""

from __future__ import annotations

from casebank.models import CaseHeading, CaseKind, CaseSection, TypicalCase
from portal.foundation.services import reserve_number
from portal.home.demo.loader.playback import clock_at, shifted
from portal.home.demo.loader.reading import moment, read
from portal.home.demo.loader.registry import Registry


def load_cases(registry: Registry) -> None:
    kinds = {row["code"]: _load_kind(row) for row in read("cases")["kind"]}
    known = TypicalCase.objects.in_bulk([row["number"] for row in read("cases")["case"]], field_name="number")
    for row in read("cases")["case"]:
        case = known.get(row["number"])
        if case is None:
            with clock_at(moment(shifted(row["published_on"], registry.today), "11:00")):
                case = _publish_case(registry, row, kinds[row["kind"]])
            registry.made["cases"] += 1
        registry.cases[row["number"]] = case


def _load_kind(row: dict) -> CaseKind:
    kind, created = CaseKind.objects.get_or_create(
        code=row["code"], defaults={"name": row["name"], "name_en": row["name_en"]}
    )
    if created:
        CaseHeading.objects.bulk_create(
            CaseHeading(kind=kind, sort_order=order, **heading)
            for order, heading in enumerate(row["headings"])
        )
    return kind


def _publish_case(registry: Registry, row: dict, kind: CaseKind) -> TypicalCase:
    headings = {heading.name: heading for heading in kind.headings.all()}
    editor = registry.people[row["by"]]
    case = TypicalCase(
        number=reserve_number(number=row["number"]),
        title=row["title"],
        title_en=row["title_en"],
        kind=kind,
        department=registry.departments[row["department"]],
        decided_on=shifted(row["decided_on"], registry.today),
        live=False,
    )
    case.sections = [
        CaseSection(heading=headings[name], body=text.strip(), sort_order=order)
        for order, (name, text) in enumerate(row["sections"].items())
    ]
    case.topics.set(registry.topics_of(row))
    case.save()
    case.save_revision(user=editor).publish(user=editor)
    case.refresh_from_db()
    return case
