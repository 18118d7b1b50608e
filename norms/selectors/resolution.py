"""Resolution of citations: from a locator to the provision of the version that a citation means."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from norms.citations import Locator, Reference
from norms.enums import ProvisionKind
from norms.models import DocumentVersion, NormativeDocument, Provision
from norms.models.citations import MAX_CITATIONS_OF_TEXT

_BELOW = (
    ("paragraph", ProvisionKind.PARAGRAPH),
    ("item", ProvisionKind.ITEM),
    ("subitem", ProvisionKind.SUBITEM),
)
_ABOVE = (
    ("part", ProvisionKind.PART),
    ("subpart", ProvisionKind.SUBPART),
    ("chapter", ProvisionKind.CHAPTER),
    ("section", ProvisionKind.SECTION),
)


@dataclass(frozen=True, slots=True)
class CitationTarget:
    """Primary keys of what a locator leads to; `provision` is None if the version has no such provision."""

    provision: int | None = None
    identity: int | None = None


NO_TARGET = CitationTarget()


class ProvisionIndex:
    """The provisions of one version by their numbers, read with one query."""

    def __init__(self, version_id: int) -> None:
        fields = ("pk", "parent_id", "kind", "number", "suffix", "identity_id", "label")
        rows = list(Provision.objects.filter(version_id=version_id).order_by("position").values_list(*fields))
        # (number, suffix) -> primary key of the article and its identity.
        self.articles: dict[tuple[int, int], tuple[int, int | None]] = {}
        self.by_kind: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.children: dict[tuple[int | None, str, int], list[int]] = defaultdict(list)
        self.parents: dict[int, int | None] = {}
        for pk, parent, kind, number, suffix, identity, _label in rows:
            self.parents[pk] = parent
            if number is None:
                continue
            if kind == ProvisionKind.ARTICLE:
                self.articles.setdefault((number, suffix), (pk, identity))
            else:
                self.by_kind[kind, number].append(pk)
            self.children[parent, kind, number].append(pk)
        if not self.articles:
            self._take_points(rows)
        self.paragraphs: dict[int, list[int]] = defaultdict(list)
        for (parent, kind, _), pks in self.children.items():
            if kind == ProvisionKind.PARAGRAPH and parent is not None:
                self.paragraphs[parent].extend(pks)

    def _take_points(self, rows: Iterable[tuple]) -> None:
        """Find the numbered points of a text without articles as its articles, as long as a number stands once."""
        points: dict[int, list[int]] = defaultdict(list)
        for pk, _parent, kind, number, _suffix, _identity, label in rows:
            if kind == ProvisionKind.TEXT and number and label:
                points[number].append(pk)
        self.articles = {(number, 0): (pks[0], None) for number, pks in points.items() if len(pks) == 1}

    def find(self, locator: Locator) -> CitationTarget:
        """Return the target of a locator, `NO_TARGET` if the version has not even the article."""
        if locator.article is None:
            return CitationTarget(self._heading(locator))
        article = self.articles.get((locator.article, locator.suffix))
        if article is None:
            return NO_TARGET
        pk, identity = article
        return CitationTarget(self._below(pk, locator), identity)

    def _below(self, article: int, locator: Locator) -> int | None:
        """Return the one provision below an article; None if there is none, or several without a paragraph given."""
        candidates = [article]
        for level, kind in _BELOW:
            value = getattr(locator, level)
            if value is None:
                continue
            # 第三条第（二）项 leaves the paragraph out; its items may stand below any.
            if level == "item" and locator.paragraph is None:
                candidates = [*candidates, *self.paragraphs[article]]
            candidates = [pk for parent in candidates for pk in self.children.get((parent, kind, value), ())]
            if len(candidates) != 1:
                return None
        return candidates[0]

    def _heading(self, locator: Locator) -> int | None:
        """Return a heading; a chapter without its part only if its number occurs once."""
        candidates: list[int] | None = None
        for level, kind in _ABOVE:
            value = getattr(locator, level)
            if value is None:
                continue
            headings = self.by_kind.get((kind, value), [])
            if candidates is not None:
                headings = [pk for pk in headings if self._is_under(pk, candidates)]
            candidates = headings
        return candidates[0] if candidates and len(candidates) == 1 else None

    def _is_under(self, pk: int, above: list[int]) -> bool:
        parent = self.parents[pk]
        while parent is not None:
            if parent in above:
                return True
            parent = self.parents[parent]
        return False

    def between(self, first: Locator, last: Locator) -> list[Locator]:
        """Return the articles between two, inserted ones (之一) included."""
        numbers = sorted(self.articles)
        low, high = (first.article, first.suffix), (last.article, last.suffix)
        return [Locator(number, suffix) for number, suffix in numbers if low < (number, suffix) < high]


class Resolver:
    """Resolves many citations and reads each version once."""

    def __init__(self) -> None:
        self._versions: dict[int, list[DocumentVersion]] = {}
        self._indexes: dict[int, ProvisionIndex] = {}

    def version(
        self, document: int, on: dt.date, *, edition: int | None = None, year: int | None = None
    ) -> DocumentVersion | None:
        """Return the version a citation means.

        An edition given with it (2020年修正) is the version promulgated in that year and no other. Otherwise the
        latest version that had begun to apply on the day; before the first of them, the oldest the portal holds,
        unless the citation itself names an earlier year (2012年刑诉法).
        """
        versions = self._versions_of(document)
        if edition is not None:
            dated = [v for v in versions if v.promulgated_on and v.promulgated_on.year == edition]
            return dated[-1] if dated else None
        day = dt.date(year, 12, 31) if year else on
        begun = [v for v in versions if v.in_force_from is None or v.in_force_from <= day]
        if begun:
            return begun[-1]
        return versions[0] if versions and year is None else None

    def version_of(self, reference: Reference, on: dt.date) -> DocumentVersion | None:
        """Return the version that a reference of a text read on a day means."""
        document = document_pk(reference)
        if document is None:
            return None
        return self.version(document, on, edition=reference.edition, year=reference.year)

    def locators_of(
        self, locators: tuple[Locator, ...], version: DocumentVersion | None
    ) -> tuple[Locator, ...]:
        """Return the locators of a reference; a range of articles takes in the inserted ones once the text is known."""
        if version is None or len(locators) < 2 or locators[0].article is None:
            return locators
        first, last = locators[0], locators[-1]
        if (first.article, first.suffix) == (last.article, last.suffix):
            return locators
        inside = self.index_of(version.pk).between(first, last)
        # A range that the parser left at its ends, since it is too long, stays so.
        if len(locators) == 2 and len(inside) > MAX_CITATIONS_OF_TEXT:
            return locators
        in_text = {(locator.article, locator.suffix) for locator in (*inside, first, last)}
        missing = [locator for locator in locators[1:-1] if (locator.article, locator.suffix) not in in_text]
        middle = sorted([*inside, *missing], key=lambda locator: (locator.article or 0, locator.suffix))
        return (first, *middle, last)

    def has_text(self, document: int) -> bool:
        """Return whether the portal holds a version of a document."""
        return bool(self._versions_of(document))

    def _versions_of(self, document: int) -> list[DocumentVersion]:
        if document not in self._versions:
            versions = DocumentVersion.objects.filter(document_id=document).chronological()
            self._versions[document] = list(versions.only("document_id", "promulgated_on", "effective_on"))
        return self._versions[document]

    def index_of(self, version: int) -> ProvisionIndex:
        if version not in self._indexes:
            self._indexes[version] = ProvisionIndex(version)
        return self._indexes[version]

    def find(
        self,
        document: int | None,
        locator: Locator,
        on: dt.date,
        *,
        edition: int | None = None,
        year: int | None = None,
    ) -> CitationTarget:
        """Return the target of a locator in the version that `version` chooses."""
        if document is None:
            return NO_TARGET
        version = self.version(document, on, edition=edition, year=year)
        return self.index_of(version.pk).find(locator) if version else NO_TARGET


def document_pk(reference: Reference) -> int | None:
    """Return the document's primary key; the parser takes any key, and the portal's names have this one."""
    return cast("int | None", reference.document_key)


def version_on(document: NormativeDocument, day: dt.date) -> DocumentVersion | None:
    """Return the version that applied on a day; see `Resolver.version`."""
    version = Resolver().version(document.pk, day)
    return DocumentVersion.objects.select_related("document").get(pk=version.pk) if version else None


def resolve(document: NormativeDocument, locator: Locator | dict, on: dt.date) -> Provision | None:
    """Return the provision a locator led to on a day; None if the version of that day has none."""
    if not isinstance(locator, Locator):
        locator = Locator.from_json(locator)
    provision = Resolver().find(document.pk, locator, on).provision
    if provision is None:
        return None
    return Provision.objects.select_related("version__document").get(pk=provision)
