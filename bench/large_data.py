"""Records in numbers that no office has today: for what a page of the portal sends must not grow with them.

Rows are made by `bulk_create`, past the services: nothing is notified, indexed or logged by it. Whoever imports this
sets up Django first.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page

from casebank.models import CaseHeading, CaseIndexPage, CaseKind, CaseSection, TypicalCase
from courses.enums import SessionStatus
from courses.models import Activity, SessionIndexPage, TrainingSession
from inquiry.enums import DossierStatus, Naming, QuestionStatus
from inquiry.models import (
    AskerIdentity,
    CategoryMapping,
    ClauseSource,
    ClusterMembership,
    ClusterMerge,
    ConfirmedCitation,
    Correction,
    Dossier,
    DossierClause,
    DossierExport,
    DossierItem,
    Follow,
    HeldSubmission,
    IdentityRequest,
    LinkedProvision,
    MeToo,
    Question,
    QuestionCluster,
    QuestionTopic,
    Refinement,
)
from norms.citations.titles import title_key
from norms.models import (
    ArticleIdentity,
    Citation,
    DocumentAlias,
    DocumentVersion,
    LawIndexPage,
    NormativeDocument,
    Provision,
)
from portal.org.enums import ApprovalKind, AssignmentKind, NotificationKind, Role
from portal.org.models import (
    AccountApproval,
    Assignment,
    Department,
    Membership,
    Notification,
    Office,
    PasswordRequest,
    Topic,
    User,
)
from search.models import OutboxEntry, SearchTrace, Synonym

TODAY = dt.date(2026, 5, 20)
NOW = dt.datetime(2026, 5, 20, 8, tzinfo=dt.UTC)
WORDS = "被执行人的财产性判项没有履行完毕，减刑、假释时从严掌握的幅度应当由五部门统一，办理期限自收到材料之日起计算。"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records are made. The default is what pages are measured with."""

    articles: int = 2_000
    versions: int = 40
    questions_of_cluster: int = 5_000
    supporters: int = 2_000
    steps_of_question: int = 500
    clusters: int = 3_000
    dossiers: int = 1_000
    items: int = 1_000
    clauses: int = 300
    questions_of_session: int = 2_000
    activities: int = 60
    citations_of_case: int = 500
    vocabulary: int = 5_000
    own: int = 2_000
    people: int = 3_000
    log: int = 100_000


@dataclass(frozen=True, slots=True)
class LargeData:
    """The records that have grown, by which pages are asked for, and people who read them."""

    administrator: User
    analyst: User
    trainee: User
    document: NormativeDocument
    cluster: QuestionCluster
    question: Question
    dossier: Dossier
    session: TrainingSession
    case: TypicalCase


def make_large_data(sizes: Sizes = Sizes()) -> LargeData:
    """Fill an empty database that is migrated, and return what has grown."""
    return _Maker(sizes).data()


class _Maker:
    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.court = Department.objects.get(code="court")
        self.departments = list(Department.objects.all())

    def data(self) -> LargeData:
        self._pages()
        self._people()
        self._vocabulary()
        document = self._law()
        session = self._sessions()
        case = self._cases()
        self._questions(session)
        cluster = self._clusters()
        dossier = self._dossiers(cluster, case)
        question = self.questions[0]
        self._one_question(question)
        self._own_rows(question)
        self._citations(question, case)
        self._log(question, cluster, case, document)
        return LargeData(
            administrator=self.administrator,
            analyst=self.analyst,
            trainee=self.trainee,
            document=document,
            cluster=cluster,
            question=question,
            dossier=dossier,
            session=session,
            case=case,
        )

    def _pages(self) -> None:
        root = Page.objects.get(url_path__endswith="/", depth=2)
        for model, slug in ((LawIndexPage, "law"), (SessionIndexPage, "sessions"), (CaseIndexPage, "cases")):
            if not model.objects.exists():
                root.add_child(instance=model(title=slug, slug=slug))

    # People and words --------------------------------------------------------------------------------------------

    def _people(self) -> None:
        self.offices = Office.objects.bulk_create(
            Office(department=self._department(number), level="municipal", name=f"宁川市第{number}单位")
            for number in range(max(20, self.sizes.people // 10))
        )
        people = User.objects.bulk_create(
            User(username=f"person{number}", display_name=f"陈岚{number}")
            for number in range(self.sizes.people)
        )
        Membership.objects.bulk_create(
            Membership(user=person, office=self.offices[number % len(self.offices)], since=TODAY)
            for number, person in enumerate(people)
        )
        self.people, (self.administrator, self.analyst, self.trainee) = people, people[:3]
        groups = {group.name: group for group in Group.objects.all()}
        for person, role in ((self.analyst, Role.ANALYST), (self.trainee, Role.TRAINEE)):
            person.groups.add(groups[role])
        through = User.groups.through
        # Offered where somebody is chosen: every second person may be given work.
        through.objects.bulk_create(
            through(user=person, group=groups[Role.ANALYST if number % 2 else Role.TRAINEE])
            for number, person in enumerate(people[3:])
        )
        self.administrator.groups.add(*groups.values())
        User.objects.filter(pk=self.administrator.pk).update(is_superuser=True, is_staff=True)
        self.administrator.refresh_from_db()

    def _department(self, number: int) -> Department:
        return self.departments[number % len(self.departments)]

    def _vocabulary(self) -> None:
        count = self.sizes.vocabulary
        self.topics = Topic.objects.bulk_create(
            Topic(name=f"主题{number}", slug=f"topic-{number}") for number in range(count)
        )
        Synonym.objects.bulk_create(
            Synonym(term=f"社矫词{number}", key=f"社矫词{number}", others=f"矫正说法{number}")
            for number in range(count)
        )
        CategoryMapping.objects.bulk_create(
            CategoryMapping(received=f"类别{number}", topic=self.topics[number]) for number in range(count)
        )

    # The law -----------------------------------------------------------------------------------------------------

    def _law(self) -> NormativeDocument:
        documents = NormativeDocument.objects.bulk_create(self._document(number) for number in range(3_000))
        document = documents[0]
        DocumentAlias.objects.bulk_create(
            DocumentAlias(document=document, name=f"别名{number}", key=title_key(f"别名{number}"))
            for number in range(50)
        )
        versions = DocumentVersion.objects.bulk_create(
            DocumentVersion(
                document=document,
                title=document.title,
                promulgated_on=TODAY - dt.timedelta(days=30 * number),
                articles_count=self.sizes.articles,
                is_current=number == 0,
            )
            for number in range(self.sizes.versions)
        )
        identities = ArticleIdentity.objects.bulk_create(
            ArticleIdentity(document=document) for _ in range(self.sizes.articles)
        )
        # The two versions that are compared, and the oldest: those between them have no text, since nothing reads it.
        for version in (*versions[:2], versions[-1]):
            _add_text(version, identities)
        self.identities = identities
        self.articles = list(
            Provision.objects.filter(version=versions[0], kind="article").order_by("position")
        )
        return document

    def _document(self, number: int) -> NormativeDocument:
        title = f"宁川省刑罚执行规定之{number}"
        return NormativeDocument(title=title, title_key=title_key(title), slug=f"rules-{number}")

    # Sessions and cases ------------------------------------------------------------------------------------------

    def _sessions(self) -> TrainingSession:
        self.sessions = TrainingSession.objects.bulk_create(
            TrainingSession(
                number=f"TT-{2019 + number % 7}-{number:04d}",
                theme=f"财产性判项执行与减刑假释（{number}）",
                host_department=self._department(number),
                starts_on=TODAY,
                ends_on=TODAY + dt.timedelta(days=400),
                status=SessionStatus.RUNNING,
            )
            for number in range(self.sizes.dossiers)
        )
        session = self.sessions[0]
        Activity.objects.bulk_create(
            Activity(
                session=session,
                title=f"分组讨论{number}",
                form="lecture",
                starts_at=NOW + dt.timedelta(hours=number),
                ends_at=NOW + dt.timedelta(hours=number + 1),
            )
            for number in range(self.sizes.activities)
        )
        return session

    def _cases(self) -> TypicalCase:
        kind = CaseKind.objects.create(code="large", name="大量案例")
        heading = CaseHeading.objects.create(kind=kind, name="基本案情")
        self.cases = TypicalCase.objects.bulk_create(
            TypicalCase(
                number=f"AL-2026-{number:04d}",
                title=f"罪犯李某减刑监督案（{number}）",
                kind=kind,
                live=True,
                department=self._department(number),
            )
            for number in range(self.sizes.dossiers)
        )
        CaseSection.objects.bulk_create(
            CaseSection(case=case, heading=heading, body=WORDS * 100) for case in self.cases[:1]
        )
        return self.cases[0]

    # Questions and clusters --------------------------------------------------------------------------------------

    def _questions(self, session: TrainingSession) -> None:
        sizes, settled = self.sizes, QuestionStatus.GROUPED
        count = sizes.questions_of_cluster + sizes.own
        self.questions = Question.objects.bulk_create(
            Question(
                number=f"Q-2026-{number:06d}",
                text=f"{WORDS}（{number}）",
                title=f"财产性判项未履行时减刑如何把握（{number}）",
                session=session if number % 2 else self.sessions[number % len(self.sessions)],
                department=self._department(number),
                naming=Naming.OFFICE,
                raised_on=TODAY - dt.timedelta(days=number % 300),
                status=settled if number < sizes.questions_of_cluster else QuestionStatus.RAISED,
                digest=f"{number:064d}",
            )
            for number in range(count)
        )
        AskerIdentity.objects.bulk_create(
            AskerIdentity(question=question, user=self.trainee if number < sizes.own else None)
            for number, question in enumerate(self.questions)
        )
        Refinement.objects.bulk_create(
            Refinement(
                question=question,
                version=1,
                title=f"履行能力的认定（{number}）",
                text=WORDS,
                is_current=True,
                author=self.analyst,
                refined_on=TODAY,
            )
            for number, question in enumerate(self.questions[1 : sizes.questions_of_cluster], start=1)
        )

    def _clusters(self) -> QuestionCluster:
        sizes = self.sizes
        clusters = self.clusters = QuestionCluster.objects.bulk_create(
            QuestionCluster(
                number=f"C-2026-{number:05d}",
                title=f"履行能力的认定标准（{number}）",
                statement=WORDS,
                grouped_on=TODAY,
            )
            for number in range(sizes.clusters)
        )
        cluster = clusters[0]
        ClusterMembership.objects.bulk_create(
            ClusterMembership(
                question=question, cluster=cluster, since=NOW, added_by=self.analyst, reason="同一问题"
            )
            for question in self.questions[: sizes.questions_of_cluster]
        )
        absorbed = QuestionCluster.objects.bulk_create(
            QuestionCluster(
                number=f"C-2025-{number:05d}",
                title=f"并入的问题（{number}）",
                grouped_on=TODAY,
                status="absorbed",
                merged_into=cluster,
            )
            for number in range(sizes.clusters)
        )
        ClusterMerge.objects.bulk_create(
            ClusterMerge(kept=cluster, absorbed=row, reason="同一问题", merged_at=NOW, merged_by=self.analyst)
            for row in absorbed
        )
        return cluster

    def _one_question(self, question: Question) -> None:
        """Give a question a long way: restated, moved, corrected, joined and cited very often."""
        steps = range(self.sizes.steps_of_question)
        Refinement.objects.bulk_create(
            Refinement(
                question=question,
                version=number + 1,
                title=f"第{number}次提炼",
                text=WORDS,
                is_current=number == steps[-1],
                author=self.analyst,
                refined_on=TODAY,
            )
            for number in steps
        )
        Correction.objects.bulk_create(
            Correction(question=question, text=WORDS, appended_on=TODAY) for _ in steps
        )
        ClusterMembership.objects.bulk_create(
            ClusterMembership(
                question=question,
                cluster=self.clusters[number + 1],
                since=NOW,
                until=NOW,
                added_by=self.analyst,
                ended_by=self.analyst,
                end_reason="移到别处",
            )
            for number in steps
        )
        ConfirmedCitation.objects.bulk_create(
            ConfirmedCitation(question=question, text=f"本规定第{number}条", confirmed_by=self.analyst)
            for number in steps
        )
        LinkedProvision.objects.bulk_create(
            LinkedProvision(question=question, provision=article, linked_by=self.analyst)
            for article in self.articles
        )
        supporters = self.people[: self.sizes.supporters]
        MeToo.objects.bulk_create(MeToo(question=question, user=person) for person in supporters)
        Follow.objects.bulk_create(Follow(question=question, user=person) for person in supporters)

    # Dossiers ----------------------------------------------------------------------------------------------------

    def _dossiers(self, cluster: QuestionCluster, case: TypicalCase) -> Dossier:
        sizes = self.sizes
        dossiers = Dossier.objects.bulk_create(
            Dossier(
                number=f"D-2026-{number:04d}",
                title=f"财产性判项素材卷宗（{number}）",
                grounds=WORDS * 10,
                analysis=WORDS * 10,
                author=self.analyst,
                opened_on=TODAY,
                finished_on=TODAY,
                status=DossierStatus.FINISHED if number else DossierStatus.DRAFT,
            )
            for number in range(sizes.dossiers)
        )
        dossier, others = dossiers[0], dossiers[1:]
        sources: list[dict[str, Any]] = [{"cluster": row} for row in self.clusters[: sizes.items // 4]]
        sources += [{"question": row} for row in self.questions[: sizes.items // 4]]
        sources += [{"provision": row} for row in self.articles[: sizes.items // 4]]
        sources += [{"case": row} for row in self.cases[: sizes.items // 4]]
        items = DossierItem.objects.bulk_create(
            DossierItem(dossier=dossier, position=number, note=WORDS, added_by=self.analyst, **source)
            for number, source in enumerate(sources)
        )
        DossierItem.objects.bulk_create(
            DossierItem(dossier=other, added_by=self.analyst, **source)
            for other in others
            for source in ({"cluster": cluster}, {"case": case}, {"provision": self.articles[0]})
        )
        clauses = DossierClause.objects.bulk_create(
            DossierClause(
                dossier=dossier, position=number, heading="从严幅度", text=WORDS * 5, rationale=WORDS * 5
            )
            for number in range(sizes.clauses)
        )
        ClauseSource.objects.bulk_create(
            ClauseSource(clause=clause, item=item)
            for number, clause in enumerate(clauses)
            for item in (items if number == 0 else items[number % len(items) :][:3])
        )
        DossierExport.objects.bulk_create(
            DossierExport(dossier=dossier, format="md", lang="zh-hans", requested_by=self.analyst)
            for _ in range(sizes.steps_of_question)
        )
        return dossier

    # What waits, was told, was searched, was logged --------------------------------------------------------------

    def _own_rows(self, question: Question) -> None:
        count = self.sizes.own
        for reader in (self.trainee, self.analyst, self.administrator):
            Notification.objects.bulk_create(
                Notification(
                    recipient=reader, kind=NotificationKind.QUESTION_REFINED, subject=question.number
                )
                for _ in range(count)
            )
            self._assignments(reader, count)
        HeldSubmission.objects.bulk_create(
            HeldSubmission(kind="question", text=f"机密★ {WORDS}", marks=["机密★"], user=self.trainee)
            for _ in range(count)
        )
        IdentityRequest.objects.bulk_create(
            IdentityRequest(question=row, requested_by=self.administrator, reason="核实案情")
            for row in self.questions[:count]
        )
        IdentityRequest.objects.bulk_create(
            IdentityRequest(question=row, requested_by=self.analyst, reason="核实案情")
            for row in self.questions[:count]
        )
        asked_for = self.people[3:]
        for decision in ("", "approved"):
            AccountApproval.objects.bulk_create(
                AccountApproval(
                    kind=ApprovalKind.ROLE,
                    account=person,
                    role=Role.KEEPER,
                    requested_by=self.analyst,
                    decision=decision,
                    decided_at=NOW if decision else None,
                    decided_by=self.administrator if decision else None,
                )
                for person in asked_for
            )
        PasswordRequest.objects.bulk_create(PasswordRequest(user=person) for person in asked_for)
        OutboxEntry.objects.bulk_create(
            OutboxEntry(
                engine="embedded", kind="question", object_id=row.pk, parked_at=NOW, last_error="Error"
            )
            for row in self.questions[:count]
        )
        SearchTrace.objects.bulk_create(
            SearchTrace(
                text=f"减刑{number}",
                key=f"减刑{number}",
                interface="page",
                engine="embedded",
                hits=0,
                strict_hits=0,
                milliseconds=1,
                searched_on=timezone.localdate(),
            )
            for number in range(self.sizes.vocabulary)
        )

    def _assignments(self, reader: User, count: int) -> None:
        kind = ContentType.objects.get_for_model(Question)
        Assignment.objects.bulk_create(
            Assignment(content_type=kind, object_id=str(row.pk), what=AssignmentKind.REFINE, person=reader)
            for row in self.questions[:count]
        )

    def _citations(self, question: Question, case: TypicalCase) -> None:
        """Cite articles in a question and a case, and one article in very many questions."""
        article = self.articles[0]
        refers = _citation_of(self.articles)
        rows = [refers(question, "text", number, number) for number in range(200)]
        rows += [refers(case, "sections", number, number) for number in range(self.sizes.citations_of_case)]
        rows += [refers(row, "text", 0, 0) for row in self.questions[1:]]
        # An article that all articles of the law cite.
        rows += [refers(row, "text", 0, 0) for row in self.articles[1:]]
        rows += [
            Citation(
                content_type=ContentType.objects.get_for_model(Question),
                object_id=question.pk,
                start=0,
                end=1,
                text=f"未知规定{number}",
                document_name=f"未知规定{number}",
                document_key=f"未知规定{number}",
                locator={"article": 1},
                locator_text="第一条",
                read_on=TODAY,
            )
            for number in range(self.sizes.vocabulary)
        ]
        Citation.objects.bulk_create(rows)
        assert article.identity_id

    def _log(self, *records: Any) -> None:
        types = ContentType.objects.get_for_models(*map(type, records))
        share = self.sizes.log // (2 * len(records))
        ModelLogEntry.objects.bulk_create(
            ModelLogEntry(
                content_type=types[type(record)],
                object_id=str(record.pk),
                label=str(record)[:200],
                action="wagtail.edit",
                user=self.administrator,
                timestamp=NOW,
                data={},
            )
            for record in (*records, *records)
            for _ in range(share)
        )


def _add_text(version: DocumentVersion, identities: list[ArticleIdentity]) -> None:
    """Give a version chapters of fifty articles, each of three paragraphs."""
    chapters = Provision.objects.bulk_create(
        Provision(
            version=version,
            kind="chapter",
            number=number + 1,
            label=f"第{number + 1}章",
            heading="执行",
            anchor=f"ch-{number + 1}",
            position=number * 1_000,
        )
        for number in range(-(-len(identities) // 50))
    )
    articles = Provision.objects.bulk_create(
        Provision(
            version=version,
            parent=chapters[number // 50],
            identity=identity,
            kind="article",
            number=number + 1,
            label=f"第{number + 1}条",
            anchor=f"art-{number + 1}",
            position=number // 50 * 1_000 + 1 + number % 50 * 10,
        )
        for number, identity in enumerate(identities)
    )
    Provision.objects.bulk_create(
        Provision(
            version=version,
            parent=article,
            kind="paragraph",
            number=number + 1,
            text=f"{version.promulgated_on:%Y}年版本：{WORDS}",
            anchor=f"{article.anchor}-p{number + 1}",
            position=article.position + 1 + number,
        )
        for article in articles
        for number in range(3)
    )


def _citation_of(articles: list[Provision]) -> Callable[[Any, str, int, int], Citation]:
    types = ContentType.objects.get_for_models(Question, TypicalCase, Provision)

    def citation(source: Any, field: str, article_index: int, start: int) -> Citation:
        article = articles[article_index % len(articles)]
        return Citation(
            content_type=types[type(source)],
            object_id=source.pk,
            field=field,
            start=start,
            end=start + 1,
            text=article.label,
            document_id=article.version.document_id,
            locator={"article": article.number},
            locator_text=article.label,
            read_on=TODAY,
            provision=article,
            identity_id=article.identity_id,
        )

    return citation


def add_ordinary_questions(
    count: int, *, people_added: int = 3_000, per_cluster: int = 25, per_dossier: int = 200
) -> None:
    """Add people and questions of ordinary shape to a portal with offices and sessions, such as the demo.

    Three in four are restated and grouped, the last quarter waits for an analyst; every fifth has somebody who shares
    it. The people who were there before ask as many as those who are added.
    """
    people = [*User.objects.filter(memberships__isnull=False).distinct(), *_added_people(people_added)]
    sessions, departments = list(TrainingSession.objects.all()), list(Department.objects.all())
    topics = list(Topic.objects.all()[:20])
    analyst = User.objects.filter(groups__name=Role.ANALYST).first()
    grouped = count * 3 // 4
    questions = Question.objects.bulk_create(
        (
            Question(
                number=f"Q-2024-{number:06d}",
                text=f"{WORDS}（{number}）",
                title=f"财产性判项未履行时减刑如何把握（{number}）",
                session=sessions[number % len(sessions)],
                department=departments[number % len(departments)],
                naming=Naming.OFFICE,
                raised_on=TODAY - dt.timedelta(days=140 + number % 300),
                status=QuestionStatus.GROUPED if number < grouped else QuestionStatus.RAISED,
                digest=f"{number:064x}",
            )
            for number in range(count)
        ),
        batch_size=1_000,
    )
    AskerIdentity.objects.bulk_create(
        (
            AskerIdentity(question=question, user=people[number % len(people)])
            for number, question in enumerate(questions)
        ),
        batch_size=1_000,
    )
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
            for number, question in enumerate(questions[:grouped])
        ),
        batch_size=1_000,
    )
    clusters = QuestionCluster.objects.bulk_create(
        QuestionCluster(
            number=f"C-2024-{number:05d}",
            title=f"履行能力的认定标准（{number}）",
            statement=WORDS,
            grouped_on=TODAY,
        )
        for number in range(grouped // per_cluster)
    )
    ClusterMembership.objects.bulk_create(
        (
            ClusterMembership(
                question=question,
                cluster=clusters[number // per_cluster],
                since=NOW,
                added_by=analyst,
                reason="同一问题",
            )
            for number, question in enumerate(questions[: len(clusters) * per_cluster])
        ),
        batch_size=1_000,
    )
    QuestionTopic.objects.bulk_create(
        (
            QuestionTopic(content_object=question, tag=topics[number % len(topics)])
            for number, question in enumerate(questions[:grouped])
        ),
        batch_size=1_000,
    )
    MeToo.objects.bulk_create(
        (
            MeToo(question=question, user=people[(number + 7) % len(people)])
            for number, question in enumerate(questions[::5])
        ),
        batch_size=1_000,
    )
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
        for number in range(count // per_dossier)
    )
    DossierItem.objects.bulk_create(
        DossierItem(dossier=dossier, position=0, added_by=analyst, cluster=clusters[number])
        for number, dossier in enumerate(dossiers[: len(clusters)])
    )


def _added_people(count: int) -> list[User]:
    people = User.objects.bulk_create(
        User(username=f"person{number}", display_name=f"陈岚{number}", last_login=NOW)
        for number in range(count)
    )
    offices = list(Office.objects.all())
    Membership.objects.bulk_create(
        Membership(user=person, office=offices[number % len(offices)], since=TODAY)
        for number, person in enumerate(people)
    )
    trainees, through = Group.objects.get(name=Role.TRAINEE), User.groups.through
    through.objects.bulk_create(through(user=person, group=trainees) for person in people)
    return people


def add_code(title: str, slug: str, articles: int, *, citing: int = 3) -> NormativeDocument:
    """Add a law in chapters of fifty articles, three paragraphs each, of which every `citing`th cites another one."""
    document = NormativeDocument.objects.create(title=title, title_key=title_key(title), slug=slug)
    version = DocumentVersion.objects.create(
        document=document, title=title, promulgated_on=TODAY, articles_count=articles, is_current=True
    )
    identities = ArticleIdentity.objects.bulk_create(
        ArticleIdentity(document=document) for _ in range(articles)
    )
    _add_text(version, identities)
    rows = list(version.provisions.filter(kind="article").order_by("position"))
    refers = _citation_of(rows)
    Citation.objects.bulk_create(
        refers(paragraph, "text", number + 1, 0)
        for number, paragraph in enumerate(version.provisions.filter(kind="paragraph")[::citing])
    )
    return document
