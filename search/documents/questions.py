"""Questions in the form that every reader may see: restated only, once they name a real case or person."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Prefetch

from inquiry.models import LinkedProvision, Question, Refinement
from inquiry.rules import question_audience
from inquiry.selectors.titles import current_refinement, public_title
from search.documents.base import SearchDocument
from search.documents.citations import cited_documents
from search.documents.text import distinct, lines, plain_text
from search.documents.topics import TopicSlugs

CURRENT = Prefetch("refinements", Refinement.objects.filter(is_current=True))


def question_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    questions = list(
        Question.objects.filter(pk__in=ids)
        .select_related("session", "department", "received_answer")
        .prefetch_related(CURRENT, "corrections", "topic_items")
    )
    topics = TopicSlugs()
    cited = CitedByQuestions(questions)
    for question in questions:
        title = shown_title(question)
        yield SearchDocument(
            kind="question",
            key=f"question:{question.pk}",
            source=f"question:{question.pk}",
            number=question.number,
            title=title,
            text=lines(title, *_words(question)),
            url=question.get_absolute_url(),
            audience=tuple(question_audience(question)),
            department=distinct([question.department.code if question.department else ""]),
            session=distinct([question.session.number if question.session else ""]),
            year=str(question.raised_on.year),
            topic=topics.of(item.tag_id for item in question.topic_items.all()),
            status=f"question.{question.status}",
            document=cited.of(question),
            date=question.raised_on.isoformat(),
            lang=question.lang,
            facts=(("question_kind", question.kind),),
        )


class CitedByQuestions:
    """Documents that questions cite in the words that everybody may read, or that analysts linked to them."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._raised = cited_documents(Question, [each.pk for each in questions if not each.names_real])
        self._restated = cited_documents(
            Refinement, [refinement.pk for each in questions if (refinement := current_refinement(each))]
        )
        self._linked: dict[int, list[str]] = defaultdict(list)
        links = LinkedProvision.objects.filter(question__in=questions)
        for question, slug in links.values_list("question_id", "provision__version__document__slug"):
            self._linked[question].append(slug)

    def of(self, question: Question) -> tuple[str, ...]:
        refinement = current_refinement(question)
        restated = self._restated.get(refinement.pk, ()) if refinement else ()
        return distinct([*self._raised.get(question.pk, ()), *restated, *self._linked[question.pk]])


def shown_title(question: Question) -> str:
    return public_title(question) or question.number


def _words(question: Question) -> list[str]:
    """Never the asker's name; nothing of the original once a real name was marked in it."""
    refinement = current_refinement(question)
    restated = [plain_text(refinement.text)] if refinement else []
    if question.names_real:
        return restated
    received = getattr(question, "received_answer", None)
    return [
        *restated,
        question.title if refinement else "",
        plain_text(question.text),
        *(plain_text(correction.text) for correction in question.corrections.all()),
        plain_text(received.text) if received else "",
    ]
