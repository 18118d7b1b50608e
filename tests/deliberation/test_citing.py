"""Matters among what cites an article: the present text and the positions that stand, for those who read the matter."""

from __future__ import annotations

import pytest

from deliberation.enums import Stance
from deliberation.services.matters import put_version
from norms.selectors.cited import cited_by
from tests.factories.norms import import_text
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

LAW = "宁川省社区矫正工作规定\n第一条 为了规范工作，制定本规定。\n第二条 请假应当批准。\n第三条 自公布之日起施行。\n"
CITING = "依照《宁川省社区矫正工作规定》第二条办理。"


@pytest.fixture
def article():
    return import_text(LAW).provisions.get(anchor="art-2")


def citing(article, user):
    return [
        (group.kind, [record.number for record in group.records])
        for group in cited_by(article, user)
        if group.kind == "matter"
    ]


def test_present_text_cites_for_those_who_read_the_matter(table, article):
    matter = table.open(title="甲", markdown=CITING)
    assert citing(article, table.signatories[1]) == [("matter", [matter.number])]
    assert citing(article, UserFactory()) == []
    put_version(
        matter=matter, after=matter.current, title="甲", markdown="不再引用任何规定。", actor=table.host
    )
    assert citing(article, table.signatories[1]) == []


def test_position_cites_while_it_stands(table, article):
    matter = table.open(title="乙", markdown="不引用任何规定。")
    consultation = table.consult(matter)
    table.say(consultation, 1, Stance.DIFFER, reasons=CITING)
    assert citing(article, table.signatories[0]) == [("matter", [matter.number])]
    table.say(consultation, 1)
    assert citing(article, table.signatories[0]) == []
