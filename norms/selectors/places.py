"""From a citation's place to the provision of the version it was read in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from norms.citations import Locator
from norms.enums import ProvisionKind
from norms.models import DocumentVersion, NormativeDocument, Provision

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
class Place:
    """What a locator leads to; `provision` is None where the place itself does not exist in the version."""

    provision: int | None = None
    identity: int | None = None


NOWHERE = Place()


class VersionPlaces:
    """The places of one version by their numbers; one query."""

    def __init__(self, version_id: int) -> None:
        fields = ("pk", "parent_id", "kind", "number", "suffix", "identity_id")
        rows = Provision.objects.filter(version_id=version_id).order_by("position").values_list(*fields)
        self.articles: dict[tuple[int, int], tuple[int, int | None]] = {}
        self.by_kind: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.children: dict[tuple[int | None, str, int], list[int]] = defaultdict(list)
        self.parents: dict[int, int | None] = {}
        for pk, parent, kind, number, suffix, identity in rows:
            self.parents[pk] = parent
            if number is None:
                continue
            if kind == ProvisionKind.ARTICLE:
                self.articles.setdefault((number, suffix), (pk, identity))
            else:
                self.by_kind[kind, number].append(pk)
            self.children[parent, kind, number].append(pk)
        self.paragraphs: dict[int, list[int]] = defaultdict(list)
        for (parent, kind, _), found in self.children.items():
            if kind == ProvisionKind.PARAGRAPH and parent is not None:
                self.paragraphs[parent].extend(found)

    def find(self, locator: Locator) -> Place:
        if locator.article is None:
            return Place(self._heading(locator))
        article = self.articles.get((locator.article, locator.suffix))
        if article is None:
            return NOWHERE
        pk, identity = article
        return Place(self._below(pk, locator), identity)

    def _below(self, article: int, locator: Locator) -> int | None:
        found = [article]
        for level, kind in _BELOW:
            value = getattr(locator, level)
            if value is None:
                continue
            if level == "item" and locator.paragraph is None:
                found = [*found, *self.paragraphs[article]]
            found = [pk for parent in found for pk in self.children.get((parent, kind, value), ())]
            if len(found) != 1:
                return None
        return found[0]

    def _heading(self, locator: Locator) -> int | None:
        """A chapter without its part is found only if its number occurs once."""
        found: list[int] | None = None
        for level, kind in _ABOVE:
            value = getattr(locator, level)
            if value is None:
                continue
            here = self.by_kind.get((kind, value), [])
            found = here if found is None else [pk for pk in here if self._is_under(pk, found)]
        return found[0] if found and len(found) == 1 else None

    def _is_under(self, pk: int, above: list[int]) -> bool:
        parent = self.parents[pk]
        while parent is not None:
            if parent in above:
                return True
            parent = self.parents[parent]
        return False

    def between(self, first: Locator, last: Locator) -> list[Locator]:
        """Articles that stand between two, inserted ones (之一) included."""
        numbers = sorted(self.articles)
        low, high = (first.article, first.suffix), (last.article, last.suffix)
        return [Locator(number, suffix) for number, suffix in numbers if low < (number, suffix) < high]


class Resolver:
    """Resolves many citations; remembers versions and their places."""

    def __init__(self) -> None:
        self._versions: dict[int, list[DocumentVersion]] = {}
        self._places: dict[int, VersionPlaces] = {}

    def version(
        self, document: int, on: dt.date, *, edition: int | None = None, year: int | None = None
    ) -> DocumentVersion | None:
        """The version a citation means.

        An edition named with it (2020年修正) is the version promulgated in that year and no other. Otherwise the
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

    def _versions_of(self, document: int) -> list[DocumentVersion]:
        if document not in self._versions:
            found = DocumentVersion.objects.filter(document_id=document).chronological()
            self._versions[document] = list(found.only("document_id", "promulgated_on", "effective_on"))
        return self._versions[document]

    def places(self, version: int) -> VersionPlaces:
        if version not in self._places:
            self._places[version] = VersionPlaces(version)
        return self._places[version]

    def find(self, document: int | None, locator: Locator, on: dt.date, **named: int | None) -> Place:
        version = self.version(document, on, **named) if document is not None else None
        return self.places(version.pk).find(locator) if version else NOWHERE


def version_on(document: NormativeDocument, day: dt.date) -> DocumentVersion | None:
    """The version that applied on a day; see `Resolver.version`."""
    found = Resolver().version(document.pk, day)
    return DocumentVersion.objects.select_related("document").get(pk=found.pk) if found else None


def resolve(document: NormativeDocument, locator: Locator | dict, on: dt.date) -> Provision | None:
    """The provision a place meant on a day; None if the version has no such place."""
    place = locator if isinstance(locator, Locator) else Locator.from_json(locator)
    found = Resolver().find(document.pk, place, on).provision
    if found is None:
        return None
    return Provision.objects.select_related("version__document").get(pk=found)
