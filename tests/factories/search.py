"""Search documents without any record behind them, and questions that bring no words of their own."""

import factory

from search.documents import SearchDocument
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
