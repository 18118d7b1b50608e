"""Documents of clusters, which hold their statement and the titles of their questions."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Prefetch, QuerySet

from inquiry.enums import ClusterStatus
from inquiry.models import ClusterMembership, Question, QuestionCluster, QuestionTopic, Refinement
from inquiry.rules import cluster_audience
from portal.org.models import Topic
from search.documents.base import Dependencies, SearchDocument
from search.documents.citations import CitationValues
from search.documents.questions import QuestionCitations, shown_title
from search.documents.text import distinct, lines, plain_text
from search.documents.topics import TopicSlugs

MEMBERS = Prefetch(
    "memberships",
    ClusterMembership.objects.filter(until__isnull=True)
    .select_related("question__department", "question__session")
    .prefetch_related(
        Prefetch("question__refinements", Refinement.objects.filter(is_current=True)), "question__topic_items"
    ),
    to_attr="current_memberships",
)


def cluster_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    """Yield the documents of open clusters; an absorbed one has none, since its number leads to its holder."""
    clusters = list(
        QuestionCluster.objects.filter(pk__in=ids, status=ClusterStatus.OPEN).prefetch_related(MEMBERS)
    )
    members = {
        cluster.pk: [membership.question for membership in cluster.current_memberships]
        for cluster in clusters
    }
    topics = TopicSlugs()
    cited = QuestionCitations([question for questions in members.values() for question in questions])
    for cluster in clusters:
        yield _document(cluster, members[cluster.pk], topics, cited)


def _document(
    cluster: QuestionCluster, questions: list[Question], topics: TopicSlugs, cited: QuestionCitations
) -> SearchDocument:
    merged = CitationValues.merged(cited.of(question) for question in questions)
    return SearchDocument(
        kind="cluster",
        key=f"cluster:{cluster.pk}",
        source=f"cluster:{cluster.pk}",
        number=cluster.number,
        title=cluster.title,
        text=lines(
            cluster.title,
            plain_text(cluster.statement),
            *distinct(shown_title(question) for question in questions),
        ),
        url=cluster.get_absolute_url(),
        audience=tuple(cluster_audience(cluster)),
        department=distinct(question.department.code for question in questions if question.department),
        session=distinct(question.session.number for question in questions if question.session),
        year=str(cluster.grouped_on.year),
        topic=topics.of(item.tag_id for question in questions for item in question.topic_items.all()),
        status=f"cluster.{cluster.status}",
        document=merged.documents,
        cites=merged.articles,
        date=cluster.grouped_on.isoformat(),
        lang=cluster.lang,
        facts=(("questions", str(len(questions))),),
    )


def _clusters_of_questions(questions: Sequence[Question]) -> Iterable[int]:
    return _clusters_holding(question.pk for question in questions)


def _clusters_of_refinements(refinements: Sequence[Refinement]) -> Iterable[int]:
    return _clusters_holding(refinement.question_id for refinement in refinements)


def _clusters_on(topics: Sequence[Topic]) -> Iterable[int]:
    questions = QuestionTopic.objects.filter(tag__in=topics).values("content_object_id")
    return _clusters_holding(questions)


def _clusters_holding(questions: QuerySet | Iterable[int]) -> Iterable[int]:
    memberships = ClusterMembership.objects.filter(question__in=questions, until__isnull=True)
    return memberships.values_list("cluster_id", flat=True)


# A cluster carries the titles, departments, sessions, topics and citations of its questions.
DEPENDS_ON: Dependencies = {
    Question: _clusters_of_questions,
    Refinement: _clusters_of_refinements,
    Topic: _clusters_on,
}
