"""No number, order, state or absence depends on who an asker or a supporter is across records.

Each attack is tried in two worlds that differ in one fact alone: whether a person who is known beside one record is
also the hidden one behind another. Whatever the attacker sees must be the same in both.
"""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from inquiry.enums import DossierStatus, ExportFormat, Naming
from inquiry.models import AskerIdentity, MeToo, Question
from inquiry.selectors import cluster_voices, question_voices
from inquiry.services.clusters import add_questions, create_cluster, remove_question, split_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.exports import open_export, request_export
from inquiry.services.merges import merge_clusters, undo_merge
from inquiry.services.questions import add_me_too, follow, raise_question, remove_me_too, withdraw_question
from portal.org.models import Membership, Notification, User
from search.kinds import current_states
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory, revealed_asker
from tests.factories.org import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db

# What is known beside the bait, and what is hidden beside the other question.
PARTS = ["supports", "asks by name", "asks by office", "asks unnamed", "follows"]
HIDDEN_PARTS = ["asks", "supports", "follows"]
FIRST_SEQUENCE = 50_000
# Both worlds begin at the same second, far from the end of its minute.
START = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
HIDDEN, BAIT, THIRD = "Q-2026-700001", "Q-2026-700002", "Q-2026-700003"


@pytest.fixture
def office():
    return OfficeFactory(name="靖安县司法局")


@pytest.fixture
def suspect(office):
    return UserFactory(username="suspect", office=office)


@pytest.fixture
def stranger(office):
    """Somebody else of the suspect's office, so that the printed office is the same."""
    return UserFactory(username="stranger", office=office)


@pytest.fixture
def attacker():
    return UserFactory(username="attacker", roles=["analyst"])


NAMINGS = {
    "asks by name": Naming.FULL,
    "asks by office": Naming.OFFICE,
    "asks unnamed": Naming.ANONYMOUS,
    "asks": Naming.ANONYMOUS,
}


def _question(number, part, person):
    """A question in which a person has a part; whoever asks it otherwise is new."""
    asker = person if part in NAMINGS else UserFactory(office=person.office)
    naming = NAMINGS.get(part, Naming.ANONYMOUS)
    question = QuestionFactory(number=number, text=f"逾期未归的处理（{number}）", asker=asker, naming=naming)
    if part == "supports":
        add_me_too(question=question, actor=person)
    if part == "follows":
        follow(question=question, actor=person)
    return question


def _observations(client, attacker, build):
    """Everything that the attacker gets from the records that `build` makes; the database is as before then."""
    # Made names count on in both worlds from the same number.
    for factory in (UserFactory, OfficeFactory, TrainingSessionFactory, QuestionFactory):
        factory.reset_sequence(FIRST_SEQUENCE, force=True)
    with transaction.atomic(), time_machine.travel(START):
        observed = build(client, attacker)
        transaction.set_rollback(True)
    return observed


def _page(client, url):
    """The words of a page, without what differs with every request."""
    return _page_of(client.get(url, follow=True))


def _page_of(response):
    body = response.content.decode().partition("<main")[2]
    body = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", body)
    # Of moments all but the seconds: the clock goes on, since rows are listed in its order.
    body = re.sub(r'(datetime="[^"]*T\d\d:\d\d)[^"]*"', r"\1", body)
    return re.sub(r"\s+", " ", body)


# Keys of rows, which PostgreSQL does not count back after a rollback: `cluster:12`, `/items/7/`, `value="31"`.
KEYS = re.compile(
    r"""((?:question|cluster|dossier|clause|item)[:-]|/(?:items|clauses|exports|merges|refine|group|close)/|value="|restore=)\d+"""
)


def _walk(client, attacker, known_part, hidden_part, known, hidden):
    """Group, move, merge, split and finish a hidden question beside a bait; return all that can be seen on the way."""
    # Made first, in both worlds in the same order, so that keys of rows are the same.
    third = QuestionFactory(number=THIRD, asker=UserFactory(office=hidden.office), text="第三个问题")
    questions = {HIDDEN: _question(HIDDEN, hidden_part, hidden), BAIT: _question(BAIT, known_part, known)}
    client.force_login(attacker)
    seen = []

    def look(*clusters):
        for cluster in clusters:
            cluster.refresh_from_db()
            seen.append(("cluster", cluster_voices(cluster), _page(client, cluster.get_absolute_url())))
            (state,) = current_states([("cluster", cluster.pk)])
            seen.append([document.to_json() for document in state.documents])
        for question in (*questions.values(), third):
            question.refresh_from_db()
            seen.append(("question", question_voices(question), _page(client, question.get_absolute_url())))
        seen.extend(
            _page(client, address)
            for address in (
                "/questions/",
                "/questions/?sort=voices&status=grouped",
                "/clusters/",
                "/clusters/?sort=voices&state=in_dossier",
                "/desk/",
                "/dossiers/",
            )
        )
        rows = Notification.objects.filter(recipient=attacker).values_list("kind", "subject", "url")
        seen.append(list(rows))

    act = {"actor": attacker, "reason": "同一问题"}
    first = create_cluster(title="甲", questions=[third], actor=attacker)
    second = create_cluster(title="乙", questions=[questions[HIDDEN]], actor=attacker)
    look(first, second)
    add_questions(cluster=first, questions=[questions[BAIT]], actor=attacker)
    look(first)
    merge = merge_clusters(keep=second, absorb=first, **act)
    look(second)
    # The attacker's own part changes and the numbers with it: by one for each question, in both worlds.
    for question in questions.values():
        seen.append(add_me_too(question=question, actor=attacker))
        follow(question=question, actor=attacker)
    look(second)
    seen.append(remove_me_too(question=questions[BAIT], actor=attacker))
    undo_merge(merge=merge, actor=attacker, reason="误并")
    look(first, second)
    remove_question(cluster=first, question=questions[BAIT], **act)
    add_questions(cluster=second, questions=[questions[BAIT]], actor=attacker)
    third_cluster = split_cluster(cluster=second, questions=[questions[BAIT]], title="丙", **act)
    look(second, third_cluster)
    dossier = create_dossier(title="素材", actor=attacker)
    add_to_dossier(dossier=dossier, clusters=[second, third_cluster], actor=attacker)
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=attacker, incomplete_reason="先行移交")
    seen.append(_page(client, dossier.get_absolute_url()))
    (state,) = current_states([("dossier", dossier.pk)])
    seen.append([document.to_json() for document in state.documents])
    export = request_export(dossier=dossier, format=ExportFormat.MARKDOWN, actor=attacker)
    seen.append(open_export(export).read().decode())
    seen.extend(_page(client, address) for address in ("/questions/", "/dossiers/", f"/desk/{HIDDEN}/"))
    look(second, third_cluster)
    return seen


@pytest.mark.parametrize("hidden_part", HIDDEN_PARTS)
@pytest.mark.parametrize("known_part", PARTS)
def test_a_bait_tells_nothing(client, attacker, suspect, stranger, known_part, hidden_part):
    same = _observations(
        client, attacker, lambda *args: _walk(*args, known_part, hidden_part, suspect, suspect)
    )
    different = _observations(
        client, attacker, lambda *args: _walk(*args, known_part, hidden_part, stranger, suspect)
    )
    assert len(same) == len(different) > 30
    assert list(_differences(same, different)) == []


def _desk_walk(client, attacker, known_part, hidden_part, known, hidden):
    """Claim, restate, group and close both questions at the desk and take it back; return all that can be seen."""
    questions = [_question(HIDDEN, hidden_part, hidden), _question(BAIT, known_part, known)]
    client.force_login(attacker)
    seen = []
    for question in questions:
        add_me_too(question=question, actor=attacker)
        follow(question=question, actor=attacker)

    def look():
        for question in questions:
            question.refresh_from_db()
            seen.append(("question", question_voices(question), _page(client, question.get_absolute_url())))
        lists = ("/questions/?sort=voices", "/clusters/?sort=voices", "/desk/?queue=all", "/")
        own = [f"{reverse('inquiry:my_questions')}?list={name}" for name in ("joined", "followed")]
        seen.extend(_page(client, address) for address in (*lists, *own))
        rows = Notification.objects.filter(recipient=attacker).values_list("kind", "subject", "number")
        seen.append(sorted(rows))

    def send(name, question, *key, **data):
        url = reverse(f"inquiry:{name}", args=[question.number, *key])
        seen.append(_page_of(client.post(f"{url}?queue=all", data, follow=True)))

    one, two = questions
    for question in questions:
        send("claim", question, act="claim")
        send("refine", question, title="逾期未归", text="如何处理？", names_real="on", expected_revision="0")
        look()
        send("undo_refinement", question, question.refinements.get().pk)
    send("group", one, title="同一问题", numbers=two.number)
    look()
    send("undo_grouping", one, one.memberships.get().pk)
    for question, other in ((one, two), (two, one)):
        send("close", question, reason="duplicate", numbers=other.number, reply="您好，已有相同问题。")
        look()
        Notification.objects.filter(recipient=attacker).update(read_at=timezone.now())
        send("reopen", question, question.closures.get().pk)
    look()
    return seen


@pytest.mark.parametrize("hidden_part", HIDDEN_PARTS)
@pytest.mark.parametrize("known_part", PARTS)
def test_claiming_closing_and_taking_back_tell_nothing(
    client, attacker, suspect, stranger, known_part, hidden_part
):
    same, different = (
        _observations(
            client,
            attacker,
            lambda *args, known=known: _desk_walk(*args, known_part, hidden_part, known, suspect),
        )
        for known in (suspect, stranger)
    )
    assert len(same) == len(different) > 50
    assert list(_differences(same, different)) == []


def _differences(same, different):
    """Yield the first words that differ of each thing that was seen."""
    for position, (left, right) in enumerate(zip(same, different, strict=True)):
        left, right = _without_names(left), _without_names(right)
        if left != right:
            start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
            yield position, left[max(start - 60, 0) : start + 40], right[start : start + 40]


def _without_names(item):
    # Who asks the bait by name is printed, since that person chose it; the rest must be equal.
    text = KEYS.sub(r"\1", json.dumps(item, ensure_ascii=False, sort_keys=True))
    for person in User.objects.all():
        text = text.replace(person.display_name, "某人") if person.display_name else text
    return text


def test_voices_are_the_sum_of_their_questions():
    asker, joined = UserFactory(), UserFactory()
    questions = [QuestionFactory(asker=asker), QuestionFactory(asker=asker), QuestionFactory()]
    for question in questions:
        add_me_too(question=question, actor=joined)
    add_me_too(question=questions[2], actor=asker)
    cluster = create_cluster(title="甲", questions=questions, actor=UserFactory(roles=["analyst"]))
    assert [question_voices(question) for question in questions] == [2, 2, 3]
    assert cluster_voices(cluster) == 7


def test_withdrawing_takes_the_voices_of_that_question_alone():
    asker = UserFactory()
    questions = [QuestionFactory(asker=asker), QuestionFactory()]
    add_me_too(question=questions[1], actor=asker)
    cluster = create_cluster(title="甲", questions=questions, actor=UserFactory(roles=["analyst"]))
    assert cluster_voices(cluster) == 3
    withdraw_question(question=questions[0], actor=asker)
    assert cluster_voices(cluster) == 2


@pytest.mark.parametrize("part", ["asks", "supports"])
def test_no_number_falls_when_an_account_goes(part):
    person = UserFactory()
    question = _question(HIDDEN, part, person)
    before = question_voices(question)
    Membership.objects.filter(user=person).delete()
    person.delete()
    assert question_voices(question) == before
    assert MeToo.objects.filter(user=None).count() == (part == "supports")


def test_no_number_falls_when_an_account_is_closed():
    person = UserFactory()
    question = _question(HIDDEN, "supports", person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert question_voices(question) == 2


def test_an_office_can_be_deleted_though_somebody_there_asked():
    """An office "in use" that nothing visible uses would tell where an anonymous question came from."""
    office = OfficeFactory(name="靖安县司法局")
    asker = UserFactory(office=office)
    question = raise_question(
        session=TrainingSessionFactory(),
        actor=asker,
        kind="question",
        text="何时可以解除？",
        naming=Naming.ANONYMOUS,
    )
    Membership.objects.filter(user=asker).delete()
    office.delete()
    assert revealed_asker(question).office == "靖安县司法局"


def test_an_office_of_a_question_that_prints_it_stays():
    question = QuestionFactory()
    Membership.objects.filter(office=question.office).delete()
    with pytest.raises(ProtectedError):
        question.office.delete()


# A sheet as an oracle: "already there" with the name of a suspect ----------------------


def _imported(tmp_path, capsys, *rows):
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(["内容,署名方式,姓名,单位,提出日期", *rows]))
    call_command("import_questions", str(path), "--json")
    report = json.loads(capsys.readouterr().out)
    return report["imported"], report["already_there"]


@pytest.mark.parametrize(
    ("naming", "guess"),
    [
        ("匿名", "张三,甲局"),
        ("匿名", "李四,甲局"),
        ("匿名", "张三,乙局"),
        ("仅单位", "李四,甲局"),
        ("仅单位", "张三,甲局"),
    ],
)
def test_a_sheet_does_not_confirm_a_guess(tmp_path, capsys, naming, guess):
    assert _imported(tmp_path, capsys, f"可否警告？,{naming},张三,甲局,2026-04-17") == (1, 0)
    assert _imported(tmp_path, capsys, f"可否警告？,{naming},{guess},2026-04-17") == (0, 1)


def test_people_who_ask_the_same_in_one_sheet_are_kept_apart(tmp_path, capsys):
    rows = [f"可否警告？,匿名,{name},甲局,2026-04-17" for name in ("张三", "李四", "张三")]
    assert _imported(tmp_path, capsys, *rows) == (2, 1)
    assert _imported(tmp_path, capsys, *rows) == (0, 3)
    assert sorted(AskerIdentity.objects.values_list("name", flat=True)) == ["张三", "李四"]


def test_the_button_knows_the_reader_alone(client, suspect, stranger):
    """Who asked sees a number, everybody else a button, whatever else they asked or joined."""
    question = _question(HIDDEN, "asks", suspect)
    bodies = {}
    for person in (suspect, stranger):
        client.force_login(person)
        bodies[person] = client.post(
            reverse("inquiry:me_too", args=[question.number]), headers={"HX-Request": "true"}
        ).content.decode()
    assert ["<button" in bodies[person] for person in (suspect, stranger)] == [False, True]
    assert Question.objects.count() == 1
