"""The portal's question documents, written the way of django-elasticsearch-dsl: the same mapping, the same values.

The queryset is prefetched and paged, as its documentation recommends for large tables.
"""

from django.db.models import Prefetch
from django_elasticsearch_dsl import Document, fields
from django_elasticsearch_dsl.registries import registry

from inquiry.models import Question, Refinement
from inquiry.rules import question_audience
from search.documents.base import SearchDocument
from search.documents.names import lookup_names
from search.documents.questions import shown_title
from search.documents.text import distinct, lines, plain_text
from search.engines.elastic.mapping import pairs, unigrams
from search.engines.fields import ordinal
from search.kinds import completion_weight
from search.text.analysis import normalised

PAGE = 2_000


def words(*, positions: bool) -> fields.TextField:
    return fields.TextField(
        index=False,
        fields={
            "u": fields.TextField(analyzer=unigrams, index_options="positions" if positions else "freqs"),
            "b": fields.TextField(analyzer=pairs, index_options="freqs"),
        },
    )


@registry.register_document
class QuestionDocument(Document):
    key = fields.KeywordField()
    source = fields.KeywordField()
    stored = fields.KeywordField(index=False, doc_values=False)
    names = fields.KeywordField(doc_values=False)
    audience = fields.KeywordField(doc_values=False)
    kind = fields.KeywordField()
    department = fields.KeywordField()
    session = fields.KeywordField()
    year = fields.KeywordField()
    month = fields.KeywordField()
    topic = fields.KeywordField()
    status = fields.KeywordField()
    document = fields.KeywordField()
    text = words(positions=True)
    headings = words(positions=False)
    date = fields.IntegerField()
    weight = fields.IntegerField()

    class Index:
        name = "bench-alternative-questions"
        settings = {"number_of_shards": 1, "number_of_replicas": 0}

    class Django:
        model = Question
        queryset_pagination = PAGE
        ignore_signals = True
        auto_refresh = False

    def get_queryset(self):
        current = Refinement.objects.filter(is_current=True)
        return (
            super()
            .get_queryset()
            .select_related("department", "session", "received_answer")
            .prefetch_related(
                Prefetch("refinements", current), "corrections", "topic_items__tag", "linked_provisions"
            )
        )

    def prepare(self, instance):
        """Return all fields from one search document, so that nothing is computed twice."""
        document = document_of(instance)
        return {
            "key": document.key,
            "source": document.source,
            "stored": document.to_json(),
            "names": lookup_names(document),
            "audience": list(document.audience),
            "kind": document.kind,
            "department": list(document.department),
            "session": list(document.session),
            "year": document.year,
            "month": document.month,
            "topic": list(document.topic),
            "status": document.status,
            "document": list(document.document),
            "text": normalised(document.text),
            "date": ordinal(document.date),
            "weight": completion_weight(document),
        }


def document_of(question: Question) -> SearchDocument:
    title = shown_title(question)
    refinement = question.current_refinement()
    received = getattr(question, "received_answer", None)
    words_of = [
        plain_text(refinement.text) if refinement else "",
        question.title if refinement else "",
        plain_text(question.text),
        *(plain_text(correction.text) for correction in question.corrections.all()),
        plain_text(received.text) if received else "",
    ]
    return SearchDocument(
        kind="question",
        key=f"question:{question.pk}",
        source=f"question:{question.pk}",
        number=question.number,
        title=title,
        text=lines(title, *words_of),
        url=question.get_absolute_url(),
        audience=tuple(question_audience(question)),
        department=distinct([question.department.code if question.department else ""]),
        session=distinct([question.session.number if question.session else ""]),
        year=str(question.raised_on.year),
        topic=distinct(item.tag.slug for item in question.topic_items.all()),
        status=f"question.{question.status}",
        date=question.raised_on.isoformat(),
        lang=question.lang,
        facts=(("question_kind", question.kind),),
    )
