"""Search documents without any record behind them, questions that bring no words of their own, and traces."""

import factory

from search.analytics.trace_text import pinyin_of, query_key
from search.documents import SearchDocument
from search.models import QueryCount, SearchTrace
from tests.factories.inquiry import QuestionFactory


class SearchDocumentFactory(factory.Factory):
    class Meta:
        model = SearchDocument

    class Params:
        body = "正文"

    kind = "question"
    pk = factory.Sequence(lambda n: n + 1)
    key = factory.LazyAttribute(lambda o: f"{o.kind}:{o.pk}")
    source = factory.LazyAttribute(lambda o: o.key)
    number = factory.LazyAttribute(lambda o: f"Q-2026-{o.pk:06}")
    title = "标题"
    text = factory.LazyAttribute(lambda o: f"{o.title}\n{o.body}")
    url = factory.LazyAttribute(lambda o: f"/questions/{o.number}/")
    audience = ("all",)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        kwargs.pop("pk")
        return model_class(*args, **kwargs)


class LoneQuestionFactory(QuestionFactory):
    """In no session, so that nothing else is found with it."""

    session = None
    title = factory.Sequence(lambda n: f"问题{n}")
    text = "原话"


class SearchTraceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SearchTrace

    text = factory.Sequence(lambda n: f"减刑{n}")
    key = factory.LazyAttribute(lambda o: query_key(o.text))
    engine = "embedded"
    hits = 3
    strict_hits = factory.SelfAttribute("hits")
    milliseconds = 12


class FrequentQueryFactory(factory.django.DjangoModelFactory):
    """What five people or more have typed."""

    class Meta:
        model = QueryCount

    key = "减刑 罚金"
    pinyin = factory.LazyAttribute(lambda o: pinyin_of(o.key)[0])
    initials = factory.LazyAttribute(lambda o: pinyin_of(o.key)[1])
    is_frequent = True
    searches = 5
