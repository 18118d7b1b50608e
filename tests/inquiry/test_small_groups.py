"""What a question prints of an office or department in which few people work, and what the form promises."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from inquiry.enums import Naming
from inquiry.models import Question
from inquiry.selectors import presented_question, publicly_presented
from inquiry.selectors.affiliations import naming_previews, printed_affiliation
from inquiry.selectors.identities import previous_naming
from inquiry.services.questions import raise_question
from portal.org.models import PortalSettings, User
from portal.org.services.memberships import move_to_office
from search.kinds import current_states
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory, revealed_asker
from tests.factories.org import OfficeFactory, UserFactory, department

pytestmark = pytest.mark.django_db

TEXT = "逾期一日未归可否警告？"


@pytest.fixture
def office():
    return OfficeFactory(name="靖安县看守所", department=department("detention"))


@pytest.fixture
def asker(office):
    return UserFactory(office=office, display_name="欧阳靖澜")


def colleagues(count, office):
    return [UserFactory(office=office) for _ in range(count)]


def ask(asker, naming):
    return raise_question(
        session=TrainingSessionFactory(), actor=asker, kind="question", text=TEXT, naming=naming
    )


def printed(question):
    return (
        question.department.code if question.department else None,
        question.office.name if question.office else None,
    )


@pytest.mark.parametrize(
    ("at_office", "elsewhere", "naming", "expected"),
    [
        (0, 0, Naming.ANONYMOUS, (None, None)),
        (3, 0, Naming.ANONYMOUS, (None, None)),
        (4, 0, Naming.ANONYMOUS, ("detention", None)),
        (0, 4, Naming.ANONYMOUS, ("detention", None)),
        (0, 0, Naming.OFFICE, (None, None)),
        (3, 0, Naming.OFFICE, (None, None)),
        (3, 1, Naming.OFFICE, ("detention", None)),
        (4, 0, Naming.OFFICE, ("detention", "靖安县看守所")),
        (0, 0, Naming.FULL, ("detention", "靖安县看守所")),
    ],
)
def test_fewer_than_five_print_less(asker, office, at_office, elsewhere, naming, expected):
    colleagues(at_office, office)
    if elsewhere:
        colleagues(elsewhere, OfficeFactory(name="另一看守所", department=office.department))
    assert printed(ask(asker, naming)) == expected


def test_the_only_small_office_is_not_told_by_its_absence(asker, office):
    """One large office beside a small one: a question that printed the department alone came from the small one."""
    large = OfficeFactory(name="大看守所", department=office.department)
    people = colleagues(6, large)
    assert printed(ask(asker, Naming.OFFICE)) == ("detention", None)
    assert printed(ask(people[0], Naming.OFFICE)) == ("detention", None)
    colleagues(6, OfficeFactory(name="另一看守所", department=office.department))
    assert printed(ask(people[0], Naming.OFFICE)) == ("detention", None)
    colleagues(7, larger := OfficeFactory(name="更大看守所", department=office.department))
    assert printed(ask(UserFactory(office=larger), Naming.OFFICE)) == ("detention", "更大看守所")


@pytest.mark.parametrize("naming", [Naming.OFFICE, Naming.ANONYMOUS])
def test_the_only_small_department_is_not_told_by_its_absence(asker, naming):
    court = OfficeFactory(name="某法院", department=department("court"))
    prison = OfficeFactory(name="某监狱", department=department("prison"))
    judges, guards = colleagues(5, court), colleagues(8, prison)
    assert [printed(ask(person, naming)) for person in (asker, judges[0])] == [(None, None)] * 2
    assert printed(ask(guards[0], naming))[0] == "prison"
    assert "唯独" in {row.naming: row for row in naming_previews(judges[0])}[naming].note


def test_who_left_or_is_closed_does_not_count(asker, office):
    people = colleagues(4, office)
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    assert printed(ask(asker, Naming.OFFICE)) == (None, None)
    User.objects.filter(pk=people[0].pk).update(is_active=True)
    move_to_office(
        user=people[1], office=OfficeFactory(name="某法院", department=department("court")), actor=None
    )
    assert printed(ask(asker, Naming.ANONYMOUS)) == (None, None)


def test_account_that_nobody_signed_in_to_does_not_count(asker, office):
    """Thirty accounts from a sheet, of which one is used: the office would name the one."""
    people = colleagues(30, office)
    User.objects.filter(pk__in=[person.pk for person in people[3:]]).update(last_login=None)
    assert printed(ask(asker, Naming.OFFICE)) == (None, None)
    User.objects.filter(pk=people[3].pk).update(last_login=timezone.now())
    assert printed(ask(asker, Naming.OFFICE)) == ("detention", "靖安县看守所")


@pytest.mark.parametrize(("limit", "expected"), [(2, "detention"), (3, None)])
def test_the_limit_is_a_setting(asker, office, limit, expected):
    colleagues(1, office)
    settings = PortalSettings.load()
    settings.small_group_people = limit
    settings.save()
    assert printed(ask(asker, Naming.ANONYMOUS)) == (expected, None)


def test_what_is_printed_is_decided_once(asker, office):
    """Nobody changes by people's moves afterwards what a question shows."""
    small = ask(asker, Naming.OFFICE)
    people = colleagues(6, office)
    large = ask(asker, Naming.OFFICE)
    User.objects.filter(pk__in=[person.pk for person in people]).update(is_active=False)
    for question in (small, large):
        question.refresh_from_db()
    assert [printed(small), printed(large)] == [(None, None), ("detention", "靖安县看守所")]
    assert presented_question(small, asker).byline == "不显示单位"


def test_a_keeper_still_learns_the_office(asker):
    question = ask(asker, Naming.OFFICE)
    assert revealed_asker(question).office == "靖安县看守所"


@pytest.mark.parametrize("naming", [Naming.OFFICE, Naming.ANONYMOUS])
def test_neither_page_nor_index_names_a_small_group(client, asker, office, naming):
    question = ask(asker, naming)
    (state,) = current_states([("question", question.pk)])
    texts = [document.to_json() for document in state.documents]
    texts.append(repr(publicly_presented([question])))
    client.force_login(UserFactory(roles=["analyst"]))
    main = client.get(question.get_absolute_url()).content.decode().partition("<main")[2]
    texts.append(main.partition("</main")[0])
    for text in texts:
        assert office.name not in text
        assert "看守所" not in text
        assert "detention" not in text


def previews(user):
    return {preview.naming: (preview.label, bool(preview.note)) for preview in naming_previews(user)}


def test_the_form_says_who_will_see_what(client, asker, office):
    session = TrainingSessionFactory()
    client.force_login(asker)
    assert previews(asker) == {
        Naming.FULL: ("欧阳靖澜 · 靖安县看守所", False),
        Naming.OFFICE: ("不显示单位", True),
        Naming.ANONYMOUS: ("匿名 · 不显示部门", True),
    }
    body = client.get(reverse("inquiry:ask", args=[session.number])).content.decode()
    assert body.count("那里登录过的人不到 5 个") == 2
    assert "所有有账号的人" in body
    colleagues(4, office)
    assert previews(asker) == {
        Naming.FULL: ("欧阳靖澜 · 靖安县看守所", False),
        Naming.OFFICE: ("靖安县看守所", False),
        Naming.ANONYMOUS: (f"匿名 · {office.department}", False),
    }


@pytest.mark.parametrize("naming", Naming.values)
@pytest.mark.parametrize("people", [0, 4])
def test_the_form_promises_what_is_stored(asker, office, naming, people):
    colleagues(people, office)
    question, affiliation = ask(asker, naming), printed_affiliation(asker, naming)
    assert (question.department, question.office) == (affiliation.department, affiliation.office)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], "office"),
        ([[Naming.FULL]], "full"),
        ([[Naming.FULL, Naming.ANONYMOUS, Naming.OFFICE]], "anonymous"),
        ([[Naming.FULL, Naming.OFFICE]], "office"),
        ([[Naming.ANONYMOUS], [Naming.FULL]], "full"),
    ],
)
def test_the_form_starts_from_the_least_that_was_chosen_last_time(client, asker, days, expected):
    today = timezone.localdate()
    for age, namings in enumerate(reversed(days)):
        for naming in namings:
            QuestionFactory(asker=asker, naming=naming, raised_on=today - dt.timedelta(days=age))
    QuestionFactory(naming=Naming.FULL)
    client.force_login(asker)
    form = client.get(reverse("inquiry:ask", args=[TrainingSessionFactory().number])).context["form"]
    assert form["naming"].value() == expected
    assert previous_naming(asker) == (expected if days else "")
    assert Question.objects.filter(asker_identity__user=asker).count() == sum(map(len, days))


# Names -----------------------------------------------------------------------------------------


def test_who_asks_by_name_is_shown_by_the_name_of_the_account(asker):
    question = ask(asker, Naming.FULL)
    User.objects.filter(pk=asker.pk).update(display_name="欧阳澜")
    assert presented_question(Question.objects.get(pk=question.pk), asker).asker_name == "欧阳澜"


def test_nobody_takes_another_name(client, asker):
    question = ask(asker, Naming.FULL)
    client.force_login(asker)
    data = {"display_name": "张局长", "email": "", "phone": "0571", "language": "zh-hans"}
    assert client.post("/me/profile/", data).status_code == 302
    asker.refresh_from_db()
    assert (asker.display_name, asker.phone) == ("欧阳靖澜", "0571")
    assert presented_question(question, asker).asker_name == "欧阳靖澜"


def test_a_name_outlives_its_account():
    asker = UserFactory(display_name="欧阳靖澜")
    question = QuestionFactory(asker=asker, naming=Naming.FULL)
    asker.memberships.all().delete()
    asker.delete()
    assert publicly_presented([question])[0].asker_name == "欧阳靖澜"
