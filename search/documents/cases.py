"""Documents of typical cases as published; drafts are in no index."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Prefetch
from django.utils import timezone

from casebank.models import CaseKind, CaseSection, CaseTopic, TypicalCase
from casebank.rules import audience
from portal.org.models import Topic
from search.documents.base import Dependencies, SearchDocument
from search.documents.citations import CitationValues, citations_of
from search.documents.text import distinct, lines, plain_text
from search.documents.topics import TopicSlugs


def case_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    cases = list(
        TypicalCase.objects.filter(pk__in=ids)
        .select_related("department", "kind")
        .prefetch_related(Prefetch("sections", CaseSection.objects.select_related("heading")), "topic_items")
    )
    topics = TopicSlugs()
    cited = citations_of(TypicalCase, [case.pk for case in cases])
    for case in cases:
        published = case.first_published_at
        day = timezone.localdate(published) if published else case.decided_on
        day = day or timezone.localdate(case.created_at)
        sections = list(case.sections.all())
        yield SearchDocument(
            kind="case",
            key=f"case:{case.pk}",
            source=f"case:{case.pk}",
            number=case.number,
            title=case.title,
            text=lines(case.title, *(plain_text(section.body) for section in sections), case.title_en),
            url=case.get_absolute_url(),
            audience=tuple(audience(case)),
            headings=case.kind.name,
            department=distinct([case.department.code if case.department else ""]),
            year=str(day.year),
            topic=topics.of(item.tag_id for item in case.topic_items.all()),
            status="case.published",
            document=cited.get(case.pk, CitationValues()).documents,
            cites=cited.get(case.pk, CitationValues()).articles,
            date=day.isoformat(),
            lang=case.lang,
            aliases=distinct([case.title_en]),
            facts=(("case_kind", case.kind.code),),
        )


def _cases_on(topics: Sequence[Topic]) -> Iterable[int]:
    return CaseTopic.objects.filter(tag__in=topics).values_list("content_object_id", flat=True)


def _cases_of(kinds: Sequence[CaseKind]) -> Iterable[int]:
    return TypicalCase.objects.filter(kind__in=kinds).values_list("pk", flat=True)


# The name and code of a kind of case are carried; a department by its code alone, which does not change.
DEPENDS_ON: Dependencies = {CaseKind: _cases_of, Topic: _cases_on}
