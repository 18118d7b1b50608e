"""Cases as their listing and their page need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Count, Prefetch, QuerySet
from django.utils.safestring import SafeString

from casebank.models import CaseKind, CaseSection, CaseTopic, TypicalCase
from norms.links import cite_html
from norms.models import Citation, NormativeDocument
from norms.selectors.spans import spans_by_source
from portal.foundation.markdown import render_markdown
from portal.org.models import Department, User
from portal.org.selectors import topic_rows

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class CaseFilter:
    """The filters of a listing of cases; empty values do not narrow."""

    kind: str = ""
    department: str = ""
    topic: str = ""

    @property
    def count(self) -> int:
        return sum(bool(value) for value in (self.kind, self.department, self.topic))


@dataclass(frozen=True)
class ReadingSection:
    """A section as it is read: its heading and its text with citations linked."""

    anchor: str
    heading: str
    html: SafeString


@dataclass(frozen=True)
class CitedLaw:
    """A document that a case cites; `urls_by_locator` has the articles as written, with the URL of those that resolve."""

    title: str
    url: str
    urls_by_locator: dict[str, str]


def _narrowed(cases: QuerySet[TypicalCase], chosen: CaseFilter, without: str = "") -> QuerySet[TypicalCase]:
    if chosen.kind and without != "kind":
        cases = cases.filter(kind__code=chosen.kind)
    if chosen.department and without != "department":
        cases = cases.filter(department__code=chosen.department)
    if chosen.topic and without != "topic":
        cases = cases.filter(topic_items__tag__slug=chosen.topic)
    return cases


def listed_cases(user: User | AnonymousUser, chosen: CaseFilter) -> QuerySet[TypicalCase]:
    """Return the cases that a person may see, newest number first, with the section that sums them up."""
    return (
        _narrowed(TypicalCase.objects.visible_to(user), chosen)
        .select_related("kind", "department")
        .prefetch_related(
            Prefetch("sections", CaseSection.objects.order_by("sort_order")),
            Prefetch("topic_items", CaseTopic.objects.select_related("tag")),
        )
    )


def case_facets(user: User | AnonymousUser, chosen: CaseFilter) -> dict[str, list[tuple[str, str, int, Any]]]:
    """Return rows of value, label, count, department under `kind`, `department` and `topic`.

    Each facet is counted under the filters of the others, so that its own values can be exchanged.
    """

    def counts(name: str, path: str) -> dict[int | None, int]:
        cases = _narrowed(TypicalCase.objects.visible_to(user), chosen, name).order_by()
        return dict(cases.values_list(path).annotate(Count("pk")))

    kinds = counts("kind", "kind")
    departments = counts("department", "department")
    topics = counts("topic", "topic_items__tag")
    return {
        "kind": [(kind.code, str(kind), kinds.get(kind.pk, 0), None) for kind in CaseKind.objects.all()],
        "department": [
            (department.code, department.short_name_here, departments.get(department.pk, 0), department)
            for department in Department.objects.all()
        ],
        "topic": topic_rows(topics, chosen=chosen.topic),
    }


def case_by_number(user: User | AnonymousUser, number: str) -> TypicalCase | None:
    """Return a case with the related rows that its page shows, or None where the person may not see it."""
    sections = CaseSection.objects.select_related("heading").order_by("sort_order")
    return (
        TypicalCase.objects.visible_to(user)
        .select_related("kind", "department", "secrecy_reviewed_by")
        .prefetch_related(
            Prefetch("sections", sections), Prefetch("topic_items", CaseTopic.objects.select_related("tag"))
        )
        .filter(number=number)
        .first()
    )


def reading_sections(case: TypicalCase) -> list[ReadingSection]:
    """Return the case's sections in order; its citations are read with one query."""
    spans_by_field = spans_by_source(Citation.objects.of_source(case)) if case.pk else {}
    sections = []
    for position, section in enumerate(case.sections.all(), start=1):
        html = render_markdown(section.body)
        spans = spans_by_field.get((case.pk, section.citation_field), [])
        html = cite_html(html, section.body, spans) if spans else html
        sections.append(ReadingSection(f"s-{position}", section.heading.name_here, html))
    return sections


def cited_laws(case: TypicalCase) -> list[CitedLaw]:
    """Return the documents of the portal that the case cites, in the order of their first mention."""
    citations = (
        Citation.objects.of_source(case)
        .filter(document__isnull=False)
        .select_related("document", "provision__version__document")
        .order_by("field", "start", "pk")
    )
    laws: dict[int, CitedLaw] = {}
    for citation in citations:
        document = cast(NormativeDocument, citation.document)
        law = laws.setdefault(document.pk, CitedLaw(document.title, document.get_absolute_url(), {}))
        if citation.locator_text:
            law.urls_by_locator.setdefault(citation.locator_text, "")
            if citation.provision:
                law.urls_by_locator[citation.locator_text] = citation.provision.get_absolute_url()
    return list(laws.values())
