"""The thesaurus as the database has it: synonyms of staff and other names of laws."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from django.db.models import Aggregate, TextField, Value
from django.db.models.functions import Cast, Concat

from norms.models import DocumentAlias, NormativeDocument
from search.models import Synonym
from search.query.thesaurus import Thesaurus
from search.text.analysis import exact_key

# The thesaurus with the rows it was made of; replaced as a whole, so that threads share it without a lock.
_known: tuple[object, Thesaurus] | None = None


def thesaurus() -> Thesaurus:
    """Synonyms of staff and other names of laws, as they are now; made anew only where one has changed."""
    global _known
    rows, known = _rows(), _known
    if known is None or known[0] != rows:
        _known = known = rows, Thesaurus.of([*_synonyms(), *_names_of_laws()])
    return known[1]


def thesaurus_with(draft: Synonym) -> Thesaurus:
    """The thesaurus as it would be with a row that is not saved yet, in the place of its saved form if it has one."""
    return Thesaurus.of([*_synonyms(draft), *_names_of_laws()])


class _Joined(Aggregate):
    """One text of all rows: quicker to fetch than the rows, and unlike counts and dates it misses no change."""

    function = "GROUP_CONCAT"

    def __init__(self, *columns: str, **extra: Any) -> None:
        separated = [part for column in columns for part in (Cast(column, TextField()), Value("\x1f"))]
        text = Concat(*separated, output_field=TextField())
        super().__init__(text, Value("\x1e"), output_field=TextField(), **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


def _rows() -> tuple[object, object]:
    synonyms = Synonym.objects.active().order_by()
    names = DocumentAlias.objects.order_by()
    return (
        synonyms.aggregate(rows=_Joined("term", "direction", "others"))["rows"],
        names.aggregate(rows=_Joined("document_id", "document__title_key", "key"))["rows"],
    )


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
