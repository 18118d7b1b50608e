"""Cases: numbers, publishing, citations, and who sees what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from casebank import services
from casebank.models import CaseKind, TypicalCase
from casebank.rules import audience, can_view_case
from casebank.views import case_row
from norms.models import Citation, NormativeDocument
from portal.foundation.signals import record_changed, record_removed
from portal.org.rules import audience_tokens
from portal.org.services import merge_topic
from tests.casebank.cases import built, published
from tests.factories.casebank import CaseFactory, CaseSectionFactory, TypicalCaseFactory
from tests.factories.org import TopicFactory, UserFactory, department

pytestmark = pytest.mark.django_db
LAW = "中华人民共和国社区矫正法"


class Heard:
    """The numbers of cases that a signal told of."""

    def __init__(self, signal):
        self.signal, self.numbers = signal, []

    def __enter__(self):
        self.signal.connect(self.listen, sender=TypicalCase)
        return self.numbers

    def listen(self, sender, instances, **kwargs):
        self.numbers.extend(case.number for case in instances)

    def __exit__(self, *error):
        self.signal.disconnect(self.listen, sender=TypicalCase)


def test_kinds_come_with_their_headings():
    headings = {kind.code: [h.name for h in kind.headings.all()] for kind in CaseKind.objects.all()}
    assert len(headings) == 5
    common = set.intersection(*map(set, headings.values()))
    assert common == {"要旨", "基本案情", "典型意义"}


def test_create_case_is_a_draft_with_a_number(kind, editor):
    year = timezone.localdate().year
    cases = [services.create_case(case=built(kind), actor=editor) for _ in range(2)]
    assert [case.number for case in cases] == [f"AL-{year}-001", f"AL-{year}-002"]
    assert [case.live for case in TypicalCase.objects.all()] == [False, False]


def test_create_case_refuses_a_trainee(kind):
    with pytest.raises(PermissionDenied):
        services.create_case(case=built(kind), actor=UserFactory(roles=["trainee"]))


def test_publish_case_records_citations_of_each_section(kind):
    NormativeDocument.objects.create(title=LAW, kind="law")
    case = published(kind, decided_on=dt.date(2025, 6, 1))
    rows = Citation.objects.of_source(case)
    assert rows.count() == kind.headings.count()
    assert {(row.document.title, row.locator["article"], row.read_on) for row in rows} == {
        (LAW, 27, dt.date(2025, 6, 1))
    }


def test_publishing_again_replaces_citations(kind):
    case = published(kind)
    draft = case.get_latest_revision_as_object()
    for section in list(draft.sections.all())[1:]:
        draft.sections.remove(section)
    draft.save_revision()
    case.get_latest_revision().publish()
    assert Citation.objects.of_source(case).count() == 1


def test_publish_case_needs_every_required_heading(kind):
    case = built(kind)
    case.sections = list(case.sections.all())[:1]
    case = services.create_case(case=case, actor=None)
    with pytest.raises(ValidationError):
        services.publish_case(case=case, actor=None)
    assert not TypicalCase.objects.get().live


def test_publish_case_replaces_a_merged_topic(kind, editor):
    old, kept = TopicFactory(), TopicFactory()
    case = built(kind)
    case.topics.set([old])
    case = services.create_case(case=case, actor=None)
    merge_topic(topic=old, into=kept, actor=editor)
    services.publish_case(case=case, actor=None)
    assert list(TypicalCase.objects.get().topics.all()) == [kept]


def test_publishing_and_withdrawing_send_signals(kind):
    case = services.create_case(case=built(kind), actor=None)
    with Heard(record_changed) as changed:
        services.publish_case(case=case, actor=None)
    with Heard(record_removed) as removed:
        TypicalCase.objects.get().unpublish()
    assert (changed, removed) == ([case.number], [case.number])
    assert Citation.objects.of_source(case).count() == 0


def test_draft_after_publishing_stays_off_the_page(kind, client):
    case = published(kind)
    case.title = "改后的题目"
    case.save_revision()
    assert client.get(case.get_absolute_url()).context["case"].title == "社区矫正对象李某外出就医案"


@pytest.mark.parametrize("live", [True, False])
def test_who_sees_a_case_is_decided_alike_everywhere(live):
    case = CaseFactory() if live else TypicalCaseFactory()
    for user in (AnonymousUser(), UserFactory(), UserFactory(roles=["editor"])):
        assert TypicalCase.objects.visible_to(user).exists() is can_view_case(user, case)
    assert bool(audience_tokens(AnonymousUser()) & set(audience(case))) is live


def test_draft_is_not_there_for_readers(client, editor):
    case = TypicalCaseFactory()
    address = case.get_absolute_url()
    responses = [client.get(address)]
    client.force_login(UserFactory())
    responses.append(client.get(address))
    assert [response.status_code for response in responses] == [404, 404]
    assert [case.title in response.content.decode() for response in responses] == [False, False]
    client.force_login(editor)
    assert client.get(address).context["case"] == case


def test_page_links_what_it_cites(kind, client):
    document = NormativeDocument.objects.create(title=LAW, kind="law")
    response = client.get(published(kind, body="见《社区矫正法》。").get_absolute_url())
    assert [law.title for law in response.context["laws"]] == [LAW]
    assert f'href="{document.get_absolute_url()}"' in response.content.decode()


def numbers(response) -> list[str]:
    return [row["number"] for row in response.context["rows"]]


def test_list_is_narrowed_by_kind_department_and_topic(client, kind):
    topic = TopicFactory()
    fits = built(kind, department=department("correction"))
    fits.topics.set([topic])
    fits = services.create_case(case=fits, actor=None)
    services.publish_case(case=fits, actor=None)
    CaseFactory(department=department("court"))
    for query in (f"kind={kind.code}", "department=correction", f"topic={topic.slug}"):
        response = client.get(f"/cases/?{query}")
        assert numbers(response) == [fits.number]
    options = [option for facet in client.get("/cases/").context["facets"] for option in facet.options]
    assert [option.count for option in options] == [1, 1, 1, 1, 1]
    assert [len(numbers(client.get(f"/cases/{option.url}"))) for option in options] == [1, 1, 1, 1, 1]


LIST_QUERIES = 15
PAGE_QUERIES = 11


@pytest.mark.parametrize("rows", [1, 3])
def test_list_needs_few_queries(client, kind, rows, django_assert_num_queries):
    for _row in range(rows):
        published(kind)
    client.get("/cases/")
    with django_assert_num_queries(LIST_QUERIES):
        assert len(numbers(client.get("/cases/"))) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_page_needs_few_queries(client, rows, django_assert_num_queries):
    case = CaseFactory()
    CaseSectionFactory.create_batch(rows, case=case)
    client.get(case.get_absolute_url())
    with django_assert_num_queries(PAGE_QUERIES):
        assert len(client.get(case.get_absolute_url()).context["sections"]) == rows


def test_row_prints_no_topic_that_the_kind_names(kind):
    case = published(kind)
    case.topics.set([TopicFactory(name=str(kind).removesuffix("类")), TopicFactory(name="外出审批")])
    assert [tag["label"] for tag in case_row(case)["tags"]] == ["外出审批"]
