"""Notices above the results: how the text was understood, and which engine answered."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext, pgettext

from search.answers.jumping import is_missing
from search.answers.results import SearchResult
from search.facets import FACETS
from search.page import urls
from search.query.parsing import SearchQuery, in_quotes

MAX_OTHER_WORDS = 6


@dataclass(frozen=True, slots=True)
class Notice:
    """One line above the results; `action` leads to `url`, and both may be empty."""

    text: str
    action: str = ""
    url: str = ""
    tone: str = "info"


def notices_of(
    result: SearchResult, typed_query: SearchQuery, better: str, address: QueryDict
) -> list[Notice]:
    """Return the notices; `typed_query` is the query as typed, `better` its text with misspellings corrected, if any."""
    return [
        *_standby(result),
        *_missing_article(result),
        *_pinyin(result, typed_query, address),
        *_spelling(better, address),
        *_unknown(result, address),
        *_other_words(result, typed_query, address),
    ]


def cut_notices(request: HttpRequest) -> list[Notice]:
    """Return the notice of an address that was too long to be read whole, if it was."""
    if not getattr(request, "is_address_cut", False):
        return []
    return [Notice(gettext("The search was too long. Only its beginning was read."), tone="warn")]


def _standby(result: SearchResult) -> Iterator[Notice]:
    if result.is_fallback:
        yield Notice(
            gettext("The main search is away. A standby index answers; the latest changes may be missing."),
            tone="warn",
        )


def _missing_article(result: SearchResult) -> Iterator[Notice]:
    """Yield a notice that explains why the search does not lead to the article that was named."""
    if result.article is None or not is_missing(result.article):
        return
    document = result.article.document
    message = (
        gettext("%(law)s has no such article in its present version.")
        if document.versions.all()
        else gettext("%(law)s is known here by its name alone: its text has not been imported.")
    )
    yield Notice(message % {"law": document.title}, gettext("About this law"), document.get_absolute_url())


def _pinyin(result: SearchResult, typed_query: SearchQuery, address: QueryDict) -> Iterator[Notice]:
    for typed, reading in result.pinyin_conversions:
        yield _literally(
            gettext("“%(typed)s” was read as pinyin: “%(meant)s”.") % {"typed": typed, "meant": reading},
            gettext("Search for the letters “%(typed)s”") % {"typed": typed},
            typed_query.text,
            in_quotes(typed_query.text, typed),
            address,
        )


def _spelling(better: str, address: QueryDict) -> Iterator[Notice]:
    if better:
        yield Notice(gettext("Did you mean"), better, urls.with_value(address, "q", better))


def _unknown(result: SearchResult, address: QueryDict) -> Iterator[Notice]:
    for typed in result.query.unknown:
        message = (
            gettext("No %(facet)s is called “%(value)s”; what contains this word was left out.")
            if typed.excluded
            else gettext("No %(facet)s is called “%(value)s”; it was searched for as a word.")
        )
        facet = str(FACETS[typed.facet].title).lower()
        yield Notice(
            message % {"facet": facet, "value": typed.written},
            gettext("Leave it out"),
            urls.without_typed(address, typed),
        )


def _other_words(result: SearchResult, typed_query: SearchQuery, address: QueryDict) -> Iterator[Notice]:
    words = dict.fromkeys(word for _word, alternatives in result.other_words for word in alternatives)
    if not words:
        return
    listed = pgettext("between items", ", ").join(f"“{word}”" for word in list(words)[:MAX_OTHER_WORDS])
    literal = typed_query.text
    for word, _alternatives in result.other_words:
        literal = in_quotes(literal, word)
    yield _literally(
        gettext("Also searched for: %(words)s.") % {"words": listed},
        gettext("Only what was typed"),
        typed_query.text,
        literal,
        address,
    )


def _literally(text: str, action: str, typed: str, literal: str, address: QueryDict) -> Notice:
    """Return a notice that links to the search for the literal words, if they can be put in quotation marks."""
    if literal == typed:
        return Notice(text)
    return Notice(text, action, urls.with_value(address, "q", literal))
