"""Remarks on passages: made in a text, answered, resolved or carried, and shown in later texts where they belong."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from deliberation.enums import MatterStatus
from deliberation.passages import Passage, passage_at
from deliberation.selectors.matters import blockers
from deliberation.selectors.remarks import placed_remarks
from deliberation.services.matters import put_version
from deliberation.services.remarks import add_remark, carry_remark, reply_to_remark, resolve_remark
from deliberation.services.signing import open_signing
from tests.factories.deliberation import TEXT
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

WORDS = "十日内函复"


@pytest.fixture
def matter(table):
    matter = table.open()
    table.consult(matter)
    matter.refresh_from_db()
    return matter


def remark_on(table, matter, words=WORDS, **values):
    fields = {"passage": Passage(words), "text": "期限过长", "actor": table.coordinators[1]} | values
    return add_remark(version=matter.current, **fields)


def test_remark_keeps_the_passage_with_what_surrounds_it(table, matter):
    remark = remark_on(table, matter)
    text = matter.current.plain_text
    start = text.index(WORDS)
    assert remark.passage == passage_at(text, start, start + len(WORDS))
    assert (remark.start, remark.party.office) == (start, table.offices[1])


def test_passage_is_read_in_the_words_of_the_page(table):
    matter = table.open(markdown="## 总则\n\n应当**依法**从严掌握。")
    table.consult(matter)
    matter.refresh_from_db()
    assert remark_on(table, matter, words="应当依法从严").quote == "应当依法从严"


@pytest.mark.parametrize("words", ["没有这句话", "罪犯确有履行能力，", "财产性判项", "", " "])
def test_passage_stands_in_the_text_once(table, matter, words):
    with pytest.raises(ValidationError) as refused:
        remark_on(table, matter, words=words)
    assert list(refused.value.message_dict) == ["quote"]


def test_what_surrounds_a_passage_tells_which_one_it_is(table, matter):
    text = matter.current.plain_text
    second = text.index("财产性判项", text.index("第二条"))
    passage = passage_at(text, second, second + len("财产性判项"))
    assert remark_on(table, matter, passage=passage).start == second


def test_people_of_the_parties_remark(table, matter):
    for stranger in (
        UserFactory(roles=["coordinator"]),
        UserFactory(roles=["trainee"], office=table.offices[1]),
    ):
        with pytest.raises(PermissionDenied):
            remark_on(table, matter, actor=stranger)
    with pytest.raises(ValidationError):
        remark_on(table, matter, text="见机密★10年文件")
    with pytest.raises(ValidationError):
        remark_on(table, matter, text=" ")


def test_remarks_are_made_in_consultation(table):
    matter = table.open()
    with pytest.raises(ValidationError):
        remark_on(table, matter)
    signing = table.ready(title="另一意见")
    with pytest.raises(ValidationError):
        remark_on(table, signing)


def test_open_remarks_keep_signing_from_beginning(table, matter):
    remark, other = remark_on(table, matter), remark_on(table, matter, words="函询原审人民法院")
    table.agree(matter.current.consultation)
    assert [(str(row.kind), row.count) for row in blockers(matter)] == [("open_remark", 2)]
    with pytest.raises(ValidationError):
        open_signing(matter=matter, version=matter.current, actor=table.host)
    with pytest.raises(ValidationError):
        resolve_remark(remark=remark, adoption="not_adopted", actor=table.host)
    with pytest.raises(ValidationError):
        carry_remark(remark=other, reason=" ", actor=table.host)
    with pytest.raises(PermissionDenied):
        resolve_remark(remark=remark, adoption="adopted", actor=table.coordinators[1])
    resolve_remark(remark=remark, adoption="not_adopted", reason="与上位法一致", actor=table.host)
    carry_remark(remark=other, reason="下一轮修订时研究", actor=table.host)
    for act in (resolve_remark, carry_remark):
        with pytest.raises(ValidationError):
            extra = {"adoption": "adopted"} if act is resolve_remark else {}
            act(remark=remark, reason="再来", actor=table.host, **extra)
    assert open_signing(matter=matter, version=matter.current, actor=table.host).status == "signing"


def test_last_remark_that_is_resolved_settles_what_positions_settle(table):
    matter = table.open("theme")
    consultation = table.consult(matter)
    matter.refresh_from_db()
    remark = remark_on(table, matter)
    table.agree(consultation)
    matter.refresh_from_db()
    assert matter.status == MatterStatus.CONSULTING
    resolve_remark(remark=remark, adoption="adopted", actor=table.host)
    matter.refresh_from_db()
    assert matter.status == MatterStatus.FROZEN


def test_replies_stand_below_a_remark(table, matter):
    remark = remark_on(table, matter)
    reply_to_remark(remark=remark, text="拟改为七日", actor=table.host)
    reply_to_remark(remark=remark, text="同意", actor=table.coordinators[1])
    assert [(row.text, row.office_name) for row in remark.replies.all()] == [
        ("拟改为七日", table.offices[0].name),
        ("同意", table.offices[1].name),
    ]
    with pytest.raises(PermissionDenied):
        reply_to_remark(remark=remark, text="路过", actor=UserFactory(roles=["coordinator"]))


def test_remark_is_shown_in_a_new_text_where_its_words_stand_or_as_gone(table, matter):
    kept = remark_on(table, matter, words="函询原审人民法院")
    gone = remark_on(table, matter)
    done = remark_on(table, matter, words="不认定其确有悔改表现")
    resolve_remark(remark=done, adoption="adopted", actor=table.host)
    version = put_version(
        matter=matter,
        after=matter.current,
        title=matter.title,
        markdown="新增的总则。\n\n" + TEXT.replace("十日内函复", "七日内书面答复"),
        actor=table.host,
    )
    rows = placed_remarks(version)
    assert [(row.remark, row.start) for row in rows] == [
        (kept, version.plain_text.index("函询原审人民法院")),
        (gone, None),
    ]
    assert version.plain_text[rows[0].start : rows[0].end] == kept.quote
    assert {row.remark for row in placed_remarks(kept.version)} == {kept, gone, done}
