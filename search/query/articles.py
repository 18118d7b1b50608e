"""Articles of law as people type them: 社区矫正法28条, 《刑法》第一百二十条之一, 第二十八条第一款, 刑诉法268."""

import re
from dataclasses import dataclass

from norms.models import NormativeDocument
from search.documents.citations import article_value
from search.query.parsing import MAX_CHARACTERS
from search.text.analysis import fold
from search.text.numerals import number_of

DIGITS = "0-9零〇一二三四五六七八九十百千两"
ARTICLE = re.compile(
    rf"(?P<name>[^{DIGITS}第].*?)?[\s,,、的]*第?\s*(?P<article>[{DIGITS}]+)\s*(?P<word>条)?"
    rf"(?:\s*(?:之|-|_)\s*(?P<suffix>[{DIGITS}]+))?\s*(?P<word_after>条)?"
    rf"(?:\s*第?\s*(?P<paragraph>[{DIGITS}]+)\s*款)?(?:\s*第?\s*[((]?\s*(?P<item>[{DIGITS}]+)\s*[))]?\s*项)?"
)
BRACKETS = re.compile(r"[《》〈〉<>]")


@dataclass(frozen=True, slots=True)
class ArticleReference:
    """`suffix`, `paragraph` and `item` are 0 where none was typed."""

    document: NormativeDocument
    article: int
    suffix: int = 0
    paragraph: int = 0
    item: int = 0

    @property
    def value(self) -> str:
        """As records that cite the article carry it in the index."""
        return article_value(self.document.slug, self.article, self.suffix)


def read_article(text: str, *, within: str = "") -> ArticleReference | None:
    """The article that was typed, of the document named or else of the one with the slug `within`."""
    found = ARTICLE.fullmatch(BRACKETS.sub("", fold(text[:MAX_CHARACTERS])).strip())
    if not found or not (found["name"] or within):
        return None
    if not found["name"] and not (found["word"] or found["word_after"]):
        return None
    article = number_of(found["article"])
    document = document_named(found["name"]) if found["name"] else document_at(within)
    if document is None or article is None:
        return None
    below = {name: number_of(found[name]) or 0 for name in ("suffix", "paragraph", "item")}
    return ArticleReference(document, article, **below)


def document_named(name: str) -> NormativeDocument | None:
    """Of several documents called so, one whose text the portal holds."""
    named = list(NormativeDocument.objects.named(name).prefetch_related("versions")[:5])
    return max(named, key=lambda one: bool(one.versions.all()), default=None)


def document_at(slug: str) -> NormativeDocument | None:
    return NormativeDocument.objects.filter(slug=slug).first()
