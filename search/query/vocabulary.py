"""The thesaurus of the database: synonyms that staff keep and other names of laws."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from norms.models import DocumentAlias, NormativeDocument
from norms.models.documents import NAMES_CACHE
from portal.foundation.cached_tables import TableCache
from search.models import Synonym
from search.query.thesaurus import Thesaurus
from search.text.analysis import exact_key


def _thesaurus() -> Thesaurus:
    return Thesaurus.of([*_synonyms(), *_names_of_laws()])


_thesauri = TableCache(Synonym.cache_name, NAMES_CACHE, build=_thesaurus)


def thesaurus() -> Thesaurus:
    """Return synonyms of staff and other names of laws, as they are now; built anew when one has changed."""
    return _thesauri.get()


def thesaurus_with(draft: Synonym) -> Thesaurus:
    """Return the thesaurus as it would be with an unsaved row, which replaces its saved form if it has one."""
    return Thesaurus.of([*_synonyms(draft), *_names_of_laws()])


def _active(draft: Synonym | None = None) -> list[Synonym]:
    synonyms = Synonym.objects.active()
    if draft is None:
        return list(synonyms)
    return [*synonyms.exclude(pk=draft.pk), *([draft] if draft.is_active else [])]


def _synonyms(draft: Synonym | None = None) -> list[tuple[str, str]]:
    return [pair for synonym in _active(draft) for pair in synonym.pairs()]


def _names_of_laws() -> list[tuple[str, str]]:
    """Return all pairs of names of the same law: each may stand for each other."""
    return [pair for names in _names_by_law().values() for pair in permutations(names, 2)]


def _names_by_law() -> dict[int, list[str]]:
    """Return title and other names by primary key; a law without other names is left out."""
    names: dict[int, dict[str, None]] = {}
    for document, title, alias in DocumentAlias.objects.order_by("pk").values_list(
        "document_id", "document__title_key", "key"
    ):
        names.setdefault(document, {}).update({title: None, alias: None})
    return {document: list(law_names) for document, law_names in names.items()}


@dataclass(frozen=True, slots=True)
class SynonymSource:
    """A row or a law by which a word has synonyms."""

    record: Synonym | NormativeDocument
    synonyms: tuple[str, ...]


def sources_of(words: Iterable[str], draft: Synonym | None = None) -> dict[str, list[SynonymSource]]:
    """Return the sources of each folded word's synonyms: rows first, then laws, as they count in a search."""
    sources: dict[str, list[SynonymSource]] = {word: [] for word in words}
    for row in _active(draft):
        for word, synonyms in _synonyms_by_word(row.pairs()).items():
            if word in sources:
                sources[word].append(SynonymSource(row, synonyms))
    synonyms_by_law = {
        document: {
            word: synonyms
            for word, synonyms in _synonyms_by_word(permutations(names, 2)).items()
            if word in sources
        }
        for document, names in _names_by_law().items()
    }
    used = [document for document, synonyms_by_word in synonyms_by_law.items() if synonyms_by_word]
    for document, law in NormativeDocument.objects.in_bulk(used).items():
        for word, synonyms in synonyms_by_law[document].items():
            sources[word].append(SynonymSource(law, synonyms))
    return sources


def _synonyms_by_word(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    synonyms: dict[str, tuple[str, ...]] = {}
    for word, synonym in pairs:
        synonyms[exact_key(word)] = (*synonyms.get(exact_key(word), ()), synonym)
    return synonyms
