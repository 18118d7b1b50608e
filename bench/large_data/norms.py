"""One law of very many articles and versions, and what cites it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType

from bench.large_data.base import BaseMaker
from bench.large_data.sizes import TODAY, WORDS
from casebank.models import TypicalCase
from inquiry.models import (
    Question,
)
from norms.citations.titles import title_key
from norms.models import (
    ArticleIdentity,
    Citation,
    DocumentAlias,
    DocumentVersion,
    NormativeDocument,
    Provision,
)


class NormsMaker(BaseMaker):
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
            add_text(version, identities)
        self.identities = identities
        self.articles = list(
            Provision.objects.filter(version=versions[0], kind="article").order_by("position")
        )
        return document

    def _document(self, number: int) -> NormativeDocument:
        title = f"宁川省刑罚执行规定之{number}"
        return NormativeDocument(title=title, title_key=title_key(title), slug=f"rules-{number}")

    def _citations(self, question: Question, case: TypicalCase) -> None:
        """Cite articles in a question and a case, and one article in very many questions."""
        article = self.articles[0]
        refers = citation_of(self.articles)
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


def add_text(version: DocumentVersion, identities: list[ArticleIdentity]) -> None:
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


def citation_of(articles: list[Provision]) -> Callable[[Any, str, int, int], Citation]:
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
