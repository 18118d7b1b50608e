"""Very many records of ordinary shape, added to a portal that has people, offices and sessions, such as the demo."""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.models import Group

from bench.large_data.norms import add_text, citation_of
from bench.large_data.sizes import NOW, TODAY, WORDS
from courses.models import TrainingSession
from inquiry.enums import DossierStatus, Naming, QuestionStatus
from inquiry.models import (
    AskerIdentity,
    ClusterMembership,
    Dossier,
    DossierItem,
    MeToo,
    Question,
    QuestionCluster,
    QuestionTopic,
    Refinement,
)
from norms.citations.titles import title_key
from norms.models import ArticleIdentity, Citation, DocumentVersion, NormativeDocument
from portal.org.enums import Role
from portal.org.models import Department, Membership, Office, Topic, User

PEOPLE = 3_000
PER_CLUSTER, PER_DOSSIER = 25, 200
BATCH_SIZE = 1_000


def add_ordinary_questions(count: int) -> None:
    """Add people and their questions: three in four restated and grouped, the last quarter waits for an analyst."""
    people = [*User.objects.filter(memberships__isnull=False).distinct(), *_added_people()]
    analyst = User.objects.filter(groups__name=Role.ANALYST).earliest("pk")
    questions = _questions(count)
    AskerIdentity.objects.bulk_create(
        (
            AskerIdentity(question=question, user=people[number % len(people)])
            for number, question in enumerate(questions)
        ),
        batch_size=BATCH_SIZE,
    )
    MeToo.objects.bulk_create(
        (
            MeToo(question=question, user=people[(number + 7) % len(people)])
            for number, question in enumerate(questions[::5])
        ),
        batch_size=BATCH_SIZE,
    )
    grouped = questions[: count * 3 // 4]
    _restate(grouped, analyst)
    _gather(_group(grouped, analyst), analyst, count // PER_DOSSIER)


def _added_people() -> list[User]:
    people = User.objects.bulk_create(
        User(username=f"person{number}", display_name=f"陈岚{number}", last_login=NOW)
        for number in range(PEOPLE)
    )
    offices = list(Office.objects.all())
    Membership.objects.bulk_create(
        Membership(user=person, office=offices[number % len(offices)], since=TODAY)
        for number, person in enumerate(people)
    )
    trainees, through = Group.objects.get(name=Role.TRAINEE), User.groups.through
    through.objects.bulk_create(through(user=person, group=trainees) for person in people)
    return people


def _questions(count: int) -> list[Question]:
    sessions, departments = list(TrainingSession.objects.all()), list(Department.objects.all())
    return Question.objects.bulk_create(
        (
            Question(
                number=f"Q-2024-{number:06d}",
                text=f"{WORDS}（{number}）",
                title=f"财产性判项未履行时减刑如何把握（{number}）",
                session=sessions[number % len(sessions)],
                department=departments[number % len(departments)],
                naming=Naming.OFFICE,
                raised_on=TODAY - dt.timedelta(days=140 + number % 300),
                status=QuestionStatus.GROUPED if number < count * 3 // 4 else QuestionStatus.RAISED,
                digest=f"{number:064x}",
            )
            for number in range(count)
        ),
        batch_size=BATCH_SIZE,
    )


def _restate(questions: Sequence[Question], analyst: User) -> None:
    Refinement.objects.bulk_create(
        (
            Refinement(
                question=question,
                version=1,
                title=f"履行能力的认定（{number}）",
                text=WORDS,
                is_current=True,
                author=analyst,
                refined_on=TODAY,
            )
            for number, question in enumerate(questions)
        ),
        batch_size=BATCH_SIZE,
    )
    topics = list(Topic.objects.all()[:20])
    QuestionTopic.objects.bulk_create(
        (
            QuestionTopic(content_object=question, tag=topics[number % len(topics)])
            for number, question in enumerate(questions)
        ),
        batch_size=BATCH_SIZE,
    )


def _group(questions: Sequence[Question], analyst: User) -> list[QuestionCluster]:
    clusters = QuestionCluster.objects.bulk_create(
        QuestionCluster(
            number=f"C-2024-{number:05d}",
            title=f"履行能力的认定标准（{number}）",
            statement=WORDS,
            grouped_on=TODAY,
        )
        for number in range(-(-len(questions) // PER_CLUSTER))
    )
    ClusterMembership.objects.bulk_create(
        (
            ClusterMembership(
                question=question,
                cluster=clusters[number // PER_CLUSTER],
                since=NOW,
                added_by=analyst,
                reason="同一问题",
            )
            for number, question in enumerate(questions)
        ),
        batch_size=BATCH_SIZE,
    )
    return clusters


def _gather(clusters: Sequence[QuestionCluster], analyst: User, count: int) -> None:
    dossiers = Dossier.objects.bulk_create(
        Dossier(
            number=f"D-2024-{number:04d}",
            title=f"财产性判项素材卷宗（{number}）",
            grounds=WORDS * 10,
            analysis=WORDS * 10,
            author=analyst,
            opened_on=TODAY,
            finished_on=TODAY,
            status=DossierStatus.FINISHED,
        )
        for number in range(count)
    )
    DossierItem.objects.bulk_create(
        DossierItem(dossier=dossier, position=0, added_by=analyst, cluster=cluster)
        for dossier, cluster in zip(dossiers, clusters, strict=False)
    )


def add_code(title: str, slug: str, articles: int, *, citing: int = 3) -> NormativeDocument:
    """Add a law in chapters of fifty articles, three paragraphs each, of which every `citing`th cites another one."""
    document = NormativeDocument.objects.create(title=title, title_key=title_key(title), slug=slug)
    version = DocumentVersion.objects.create(
        document=document, title=title, promulgated_on=TODAY, articles_count=articles, is_current=True
    )
    identities = ArticleIdentity.objects.bulk_create(
        ArticleIdentity(document=document) for _ in range(articles)
    )
    add_text(version, identities)
    refers = citation_of(list(version.provisions.filter(kind="article").order_by("position")))
    Citation.objects.bulk_create(
        refers(paragraph, "text", number + 1, 0)
        for number, paragraph in enumerate(version.provisions.filter(kind="paragraph")[::citing])
    )
    return document
