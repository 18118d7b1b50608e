"""Loading the demo."""

import datetime
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.utils import timezone

from casebank.models import TypicalCase
from courses.models import TrainingSession
from home.demo.loader.loading import load_demo
from home.demo.loader.playback import WRITTEN_FOR, clock_at
from home.demo.loader.searches import load_searches
from home.models import HomePage
from inquiry.enums import DossierStatus, QuestionKind, QuestionStatus
from inquiry.models import ClusterMembership, Dossier, MeToo, Question, QuestionCluster, Refinement
from norms.models import Citation, DocumentAlias, DocumentVersion, NormativeDocument, Provision
from portal.org.enums import Role
from portal.org.models import Notification, Office, Topic, User
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from search.models import QueryCount, SearchTrace, Synonym

COUNTED = [
    Citation,
    ClusterMembership,
    Dossier,
    DocumentAlias,
    DocumentVersion,
    MeToo,
    NormativeDocument,
    Notification,
    Office,
    Provision,
    Question,
    QuestionCluster,
    Refinement,
    Synonym,
    Topic,
    TrainingSession,
    TypicalCase,
    User,
]


def counts():
    return {model.__name__: model._default_manager.count() for model in COUNTED}


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


def test_demo_is_loaded_once_and_is_whole(db, rf):
    load_demo()
    first = counts()
    again = load_demo()
    assert again.created.total() == 0
    assert counts() == first
    check_questions()
    check_sessions()
    check_dossiers()
    check_citations()
    check_norms()
    check_notifications()
    check_front()
    check_synonyms()
    check_accounts(rf.post("/accounts/login/"))


def check_questions():
    kinds = {kind: Question.objects.filter(kind=kind).count() for kind in QuestionKind.values}
    # 150 of the file, and two that are closed with a reply.
    assert sum(kinds.values()) == 152
    assert Question.objects.filter(status="closed").count() == 2
    assert min(kinds.values()) >= 20
    assert Question.objects.filter(raised_on__gt=timezone.localdate()).count() == 0
    days = (
        Question.objects.filter(raised_on__year=2025).order_by("number").values_list("raised_on", flat=True)
    )
    assert list(days) == sorted(days)
    assert Refinement.objects.filter(refined_on__lt=datetime.date(2025, 12, 31)).exists()
    assert ClusterMembership.objects.filter(until__isnull=True).count() >= 50


def check_sessions():
    today = timezone.localdate()
    running = TrainingSession.objects.get(status="running")
    assert running.starts_on <= today <= running.ends_on
    assert TrainingSession.objects.filter(status="open", starts_on__gt=today).count() == 1
    assert running.questions.exclude(status="closed").count() == 8


def check_dossiers():
    finished = Dossier.objects.get(status=DossierStatus.FINISHED)
    assert finished.finished_on > finished.opened_on
    assert finished.clauses.count() == 7
    assert all(clause.sources.exists() for clause in finished.clauses.all())
    assert Dossier.objects.filter(status=DossierStatus.DRAFT).count() == 1


def check_citations():
    """A citation of a norm whose text is there leads to a provision of it."""
    dead = Citation.objects.unresolved().filter(document__versions__isnull=False).distinct()
    assert [f"{row.source}: {row.text}" for row in dead] == []
    assert Citation.objects.filter(document__is_sample=True, provision__isnull=False).count() > 40


def check_norms():
    leave = NormativeDocument.objects.get(title="临江省社区矫正对象外出管理办法")
    earlier, later = leave.versions.chronological()
    kept = earlier.provisions.filter(kind="article").values("identity")
    continued = later.provisions.filter(kind="article", identity__in=kept).values_list("number", flat=True)
    assert leave.is_sample
    assert (earlier.articles_count, later.articles_count) == (32, 38)
    assert sorted(set(range(1, 39)) - set(continued)) == [7, 18, 19, 20, 27, 30, 35]


def check_notifications():
    stale = timezone.now() - datetime.timedelta(days=30)
    assert Notification.objects.filter(read_at__isnull=True, created_at__lt=stale).count() == 0
    assert Notification.objects.filter(read_at__isnull=True).exists()


def check_front():
    """The story on the front page is about a question that stands in the finished dossier."""
    question = Question.objects.get(title="急病跨市就医，事后补办外出审批")
    numbers = [station.value["number"] for station in HomePage.objects.get().example]
    assert question.status == QuestionStatus.IN_DOSSIER
    assert numbers[:2] == [question.session.number, question.number]


def check_synonyms():
    rows = {synonym.term: synonym.other_words for synonym in Synonym.objects.all()}
    assert len(rows) == 24
    assert rows["社矫"] == ["社区矫正"]
    assert rows["坐牢"] == ["服刑", "监禁"]


def check_accounts(request):
    """An account for every role in two departments; only these can sign in."""
    printed = StringIO()
    call_command("load_demo", "--accounts", stdout=printed)
    lines = printed.getvalue().splitlines()[1:]
    people = [User.objects.get(username=line.split()[0]) for line in lines]
    tried = {
        (person.department.code, role) for person in people for role in person.groups.values_list("name")
    }
    assert tried == {(code, (role,)) for code in ("court", "correction") for role in Role.values}
    assert authenticate(request, username=people[0].username, password="tongtang-demo") == people[0]
    assert (
        User.objects.exclude(pk__in=[person.pk for person in people]).first().has_usable_password() is False
    )


def test_accounts_before_the_demo_say_so(db):
    printed = StringIO()
    call_command("load_demo", "--accounts", stdout=printed)
    assert len(printed.getvalue().splitlines()) == 1


def test_demo_lies_in_the_past_whatever_the_clock_says(db):
    early = timezone.make_aware(
        datetime.datetime.combine(WRITTEN_FOR, datetime.time(15))
    ) - datetime.timedelta(200)
    with clock_at(early):
        load_demo()
        today = timezone.localdate()
    assert Question.objects.filter(raised_on__gt=today).count() == 0
    assert Dossier.objects.filter(finished_on__gt=today).count() == 0
    assert TrainingSession.objects.get(status="running").starts_on <= today


def test_clock_is_set_back_for_a_while_only():
    past = datetime.datetime(2025, 3, 19, 1, tzinfo=datetime.UTC)
    with clock_at(past):
        assert timezone.now() == past
    assert timezone.now() > past


def test_searches_of_the_demo_are_made_once(db):
    load_demo()
    rebuild(get_engine())
    call_command("load_demo", "--searches")
    traces = SearchTrace.objects.all()
    assert (traces.count(), traces.without_hits().exists(), traces.followed().exists()) == (78, True, True)
    assert traces.filter(searched_on__gt=timezone.localdate()).count() == 0
    assert set(QueryCount.objects.frequent().values_list("key", flat=True)) == {
        "减刑 财产性判项",
        "外出审批",
        "暂予监外执行 保证人",
        "假释 调查评估",
        "电子脚镣",
    }
    assert load_searches() == 0
