"""The thesaurus as the database has it: synonyms of staff and other names of laws."""

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
    """The thesaurus as it would be with a row that is not saved yet, in the place of its saved form if it has one."""
    return Thesaurus.of([*_synonyms(draft), *_names_of_laws()])


def _active(draft: Synonym | None = None) -> list[Synonym]:
    kept = Synonym.objects.active()
    if draft is None:
        return list(kept)
    return [*kept.exclude(pk=draft.pk), *([draft] if draft.is_active else [])]


def _synonyms(draft: Synonym | None = None) -> list[tuple[str, str]]:
    return [pair for synonym in _active(draft) for pair in synonym.pairs()]


def _names_of_laws() -> list[tuple[str, str]]:
    """Every name of a law may stand for every other one."""
    return [pair for names in _names_by_law().values() for pair in permutations(names, 2)]


def _names_by_law() -> dict[int, list[str]]:
    names: dict[int, dict[str, None]] = {}
    for document, title, alias in DocumentAlias.objects.order_by("pk").values_list(
        "document_id", "document__title_key", "key"
    ):
        names.setdefault(document, {}).update({title: None, alias: None})
    return {document: list(known) for document, known in names.items()}


@dataclass(frozen=True, slots=True)
class SynonymSource:
    """A row or a law that lets `others` stand for a word."""

    record: Synonym | NormativeDocument
    others: tuple[str, ...]


def sources_of(words: Iterable[str], draft: Synonym | None = None) -> dict[str, list[SynonymSource]]:
    """By folded word, in the order in which they count."""
    found: dict[str, list[SynonymSource]] = {word: [] for word in words}
    for synonym in _active(draft):
        for word, others in _others_by_word(synonym.pairs()).items():
            if word in found:
                found[word].append(SynonymSource(synonym, others))
    named = {
        document: {
            word: others for word, others in _others_by_word(permutations(names, 2)).items() if word in found
        }
        for document, names in _names_by_law().items()
    }
    laws = NormativeDocument.objects.in_bulk([document for document, words_ in named.items() if words_])
    for document, law in laws.items():
        for word, others in named[document].items():
            found[word].append(SynonymSource(law, others))
    return found


def _others_by_word(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    others: dict[str, tuple[str, ...]] = {}
    for word, other in pairs:
        others[exact_key(word)] = (*others.get(exact_key(word), ()), other)
    return others
