"""The text of a version as HTML: rendered once for each language, and kept compressed until a text or a name changes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.translation import get_language

from norms.models import DocumentVersion
from norms.models.documents import NAMES_CACHE, TEXTS_CACHE
from norms.selectors.reading import Reading, ReadingBlock, reading_of
from portal.foundation.cached_tables import TableCache
from portal.foundation.compression import CompressedText

# A text takes some 30 KB in memory, a code 250 KB. The one that was rendered first makes room.
MAX_KEPT_TEXTS = 200


class RenderedArticle(NamedTuple):
    """An article on a page; `identity` is its key over versions."""

    pk: int
    identity: int
    anchor: str


class RenderedPage(NamedTuple):
    """A page of a text from its contents to its last word, the same for every reader of a language."""

    html: CompressedText
    articles: tuple[RenderedArticle, ...]


Texts = dict[tuple[int, str], list[RenderedPage]]

_texts: TableCache[Texts] = TableCache(NAMES_CACHE, TEXTS_CACHE, build=dict)
_keeping = threading.Lock()


def rendered_pages(version: DocumentVersion, choices: Sequence[Any]) -> list[RenderedPage]:
    """Return the pages of a text in the active language; `choices` are those of its versions."""
    # Taken before the text is read: where a write comes in between, it is kept under a version that has gone.
    texts = _texts.get()
    key = (version.pk, get_language() or "")
    pages = texts.get(key)
    if pages is None:
        pages = _rendered(version, choices)
        with _keeping:
            while len(texts) >= MAX_KEPT_TEXTS:
                del texts[next(iter(texts))]
            texts[key] = pages
    return pages


def _rendered(version: DocumentVersion, choices: Sequence[Any]) -> list[RenderedPage]:
    reading = reading_of(version)
    paginator = Paginator(reading.pages, 1)
    return [_page(version, choices, reading, paginator.page(number)) for number in paginator.page_range]


def _page(version: DocumentVersion, choices: Sequence[Any], reading: Reading, page_obj: Any) -> RenderedPage:
    blocks: list[ReadingBlock] = page_obj.object_list[0]
    articles = [block.row for block in blocks if block.kind == "article"]
    context = {
        "document": version.document,
        "version": version,
        "versions": choices,
        "contents": reading.contents,
        "blocks": blocks,
        "articles": articles,
        "page_obj": page_obj,
        "base": version.get_absolute_url(),
    }
    # Without the request: what one reader's address holds is nothing for the others.
    html = render_to_string("norms/_law_body.html", context)
    return RenderedPage(
        CompressedText.of(html),
        tuple(RenderedArticle(row.pk, row.identity_id, row.anchor) for row in articles if row.identity_id),
    )
