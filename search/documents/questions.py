"""Documents of questions in the form that every reader may see: restated only, once they name a real case or person."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model

from courses.models import TrainingSession
from inquiry.models import Correction, LinkedProvision, Question, QuestionTopic, ReceivedAnswer, Refinement
from inquiry.rules import question_audience
from portal.org.models import Department, Topic
from search.documents.base import Dependencies, SearchDocument
from search.documents.citations import CitationValues, citations_of
from search.documents.related_rows import by_key, within
from search.documents.text import distinct, lines, plain_text
from search.documents.topics import TopicSlugs

NO_CITATIONS = CitationValues()


def question_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    """Yield the documents of questions.

    A million of them are made when an index is rebuilt, so related rows are read as plain values.
    """
    keys = set(ids)
    questions = [
        question
        for question in Question.objects.filter(within("pk", ids)).order_by("pk")
        if question.pk in keys
    ]
    restated = by_key(
        (
            (refinement.question_id, refinement)
            for refinement in Refinement.objects.filter(within("question_id", ids), is_current=True)
        ),
        ids,
    )
    for question in questions:
        question.current_refinements = restated.get(question.pk, [])
    related = _RelatedRows(questions)
    for question in questions:
        title = shown_title(question)
        cited = related.cited.of(question)
        yield SearchDocument(
            kind="question",
            key=f"question:{question.pk}",
            source=f"question:{question.pk}",
            number=question.number,
            title=title,
            text=lines(title, *_words(question, related)),
            url=question.get_absolute_url(),
            audience=tuple(question_audience(question)),
            department=distinct([related.departments.get(question.department_id or 0, "")]),
            session=distinct([related.sessions.get(question.session_id or 0, "")]),
            year=str(question.raised_on.year),
            topic=related.topics.of(related.topic_ids.get(question.pk, ())),
            status=f"question.{question.status}",
            document=cited.documents,
            cites=cited.articles,
            date=question.raised_on.isoformat(),
            lang=question.lang,
            facts=(("question_kind", question.kind),),
        )


class _RelatedRows:
    """Values of related rows by the key of their question."""

    def __init__(self, questions: Sequence[Question]) -> None:
        ids = [question.pk for question in questions]
        self.departments = dict(Department.objects.values_list("pk", "code"))
        session_ids = {question.session_id for question in questions if question.session_id}
        self.sessions = dict(TrainingSession.objects.filter(pk__in=session_ids).values_list("pk", "number"))
        self.topics = TopicSlugs()
        self.topic_ids = _values(QuestionTopic, "content_object_id", "tag_id", ids)
        self.corrections = _values(Correction, "question_id", "text", ids)
        self.received = _values(ReceivedAnswer, "question_id", "text", ids)
        self.cited = QuestionCitations(questions)


def _values(model: type[Model], key: str, value: str, ids: Sequence[int]) -> dict[int, list[Any]]:
    rows = (
        model._default_manager.filter(within(key, ids)).order_by("pk")
        if ids
        else model._default_manager.none()
    )
    return by_key(rows.values_list(key, value), ids)


class QuestionCitations:
    """The citations of questions: in the words that everybody may read, or linked by analysts."""

    def __init__(self, questions: Sequence[Question]) -> None:
        ids = [question.pk for question in questions]
        self._raised = citations_of(
            Question, [question.pk for question in questions if not question.names_real]
        )
        self._restated = citations_of(
            Refinement,
            [refinement.pk for question in questions if (refinement := question.current_refinement())],
        )
        self._linked = _values(LinkedProvision, "question_id", "provision__version__document__slug", ids)

    def of(self, question: Question) -> CitationValues:
        refinement = question.current_refinement()
        return CitationValues.merged(
            [
                self._raised.get(question.pk, NO_CITATIONS),
                self._restated.get(refinement.pk, NO_CITATIONS) if refinement else NO_CITATIONS,
                CitationValues(tuple(self._linked.get(question.pk, ()))),
            ]
        )


def shown_title(question: Question) -> str:
    return question.public_title() or question.number


def _words(question: Question, related: _RelatedRows) -> list[str]:
    """Return the texts to index: never the asker's name, nothing of the original once a real name was marked in it."""
    refinement = question.current_refinement()
    restated = [plain_text(refinement.text)] if refinement else []
    if question.names_real:
        return restated
    return [
        *restated,
        question.title if refinement else "",
        plain_text(question.text),
        *(plain_text(text) for text in related.corrections.get(question.pk, ())),
        *(plain_text(text) for text in related.received.get(question.pk, ())),
    ]


def _questions_of(refinements: Sequence[Refinement]) -> Iterable[int]:
    return {refinement.question_id for refinement in refinements}


def _questions_on(topics: Sequence[Topic]) -> Iterable[int]:
    return QuestionTopic.objects.filter(tag__in=topics).values_list("content_object_id", flat=True)


# A department and a session are carried by code and number, which do not change.
DEPENDS_ON: Dependencies = {Refinement: _questions_of, Topic: _questions_on}
