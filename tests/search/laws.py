"""Small normative documents for tests of search."""

import datetime as dt

from norms.enums import ProvisionKind
from norms.models import ArticleIdentity, DocumentAlias, DocumentVersion, NormativeDocument, Provision


def make_law(
    title: str, articles: dict[int, str], *, aliases=(), day=dt.date(2020, 7, 1), **fields
) -> NormativeDocument:
    """A document of one chapter; lines of an article's text are its paragraphs, an item begins with （."""
    document = NormativeDocument.objects.create(title=title, **fields)
    for alias in aliases:
        DocumentAlias.objects.create(document=document, name=alias)
    if articles:
        add_version(document, articles, day=day)
    return document


def add_version(document: NormativeDocument, articles: dict[int, str], *, day: dt.date) -> DocumentVersion:
    document.versions.update(is_current=False)
    version = DocumentVersion.objects.create(
        document=document, title=document.title, promulgated_on=day, effective_on=day, is_current=True
    )
    place = _Places(version)
    chapter = place.put(None, ProvisionKind.CHAPTER, label="第一章", heading="总则", anchor="ch-1")
    for number, text in articles.items():
        article = place.put(
            chapter,
            ProvisionKind.ARTICLE,
            label=f"第{number}条",
            number=number,
            anchor=f"art-{number}",
            heading_path="第一章 总则",
            identity=ArticleIdentity.objects.create(document=document),
        )
        _put_paragraphs(place, article, text)
    return version


def make_text(title: str, paragraphs: list[str]) -> NormativeDocument:
    """A document without articles."""
    document = NormativeDocument.objects.create(title=title)
    version = DocumentVersion.objects.create(document=document, title=title, is_current=True)
    place = _Places(version)
    for number, text in enumerate(paragraphs, 1):
        place.put(None, ProvisionKind.TEXT, label=f"{number}.", text=text, anchor=f"p-{number}")
    return document


class _Places:
    def __init__(self, version: DocumentVersion) -> None:
        self.version = version
        self.count = 0

    def put(self, parent: Provision | None, kind: str, **fields) -> Provision:
        self.count += 1
        return Provision.objects.create(
            version=self.version, parent=parent, kind=kind, position=self.count, **fields
        )


def _put_paragraphs(place: _Places, article: Provision, text: str) -> None:
    paragraph = None
    paragraphs = items = 0
    for line in text.splitlines():
        if line.startswith("（") and paragraph is not None:
            items += 1
            label, _close, rest = line.partition("）")
            anchor = f"{paragraph.anchor}-i{items}"
            place.put(paragraph, ProvisionKind.ITEM, label=f"{label}）", text=rest, anchor=anchor)
            continue
        paragraphs, items = paragraphs + 1, 0
        anchor = f"{article.anchor}-p{paragraphs}"
        paragraph = place.put(article, ProvisionKind.PARAGRAPH, text=line, number=paragraphs, anchor=anchor)
