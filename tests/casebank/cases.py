"""Cases with all their sections, as drafts and published."""

from __future__ import annotations

from casebank import services
from casebank.models import CaseSection, TypicalCase


def built(kind, *, body="依照《社区矫正法》第二十七条，应当准许。", **values) -> TypicalCase:
    case = TypicalCase(**({"title": "社区矫正对象李某外出就医案", "kind": kind} | values))
    case.sections = [
        CaseSection(heading=heading, body=body, sort_order=place)
        for place, heading in enumerate(kind.headings.all())
    ]
    return case


def published(kind, actor=None, **values) -> TypicalCase:
    case = services.create_case(case=built(kind, **values), actor=actor)
    return services.publish_case(case=case, actor=actor)
