"""Whoever saves second in the admin sees both texts; neither is lost, and the log keeps what stood before."""

import html
import re

import pytest
from django import forms
from django.urls import reverse
from taggit.forms import TagField
from wagtail.log_actions import registry

from portal.foundation.conflicts import differing_rows
from portal.org.models import PortalSettings
from search.models import Synonym
from search.query.synonyms import save_synonym
from tests.factories.casebank import CaseHeadingFactory, TypicalCaseFactory
from tests.factories.courses import ActivityFactory, TrainingSessionFactory
from tests.factories.norms import NormativeDocumentFactory
from tests.factories.org import DepartmentFactory, OfficeFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
INPUT = re.compile(r"<(?:input|select|textarea)\b[^>]*>")


def a_session():
    session = TrainingSessionFactory(theme="财产性判项执行")
    ActivityFactory(session=session, title="案例研讨")
    return session


def a_synonym():
    return save_synonym(synonym=Synonym(term="社矫", others="社区矫正", note="旧的"), actor=None)


# A record, its page, the field that both change.
RECORDS = {
    "session": (a_session, "sessions:edit", "theme"),
    "synonym": (a_synonym, "synonyms:edit", "note"),
    "topic": (lambda: TopicFactory(name="减刑"), "topics:edit", "name"),
    "kind": (lambda: CaseHeadingFactory().kind, "case-kinds:edit", "name"),
    "department": (lambda: DepartmentFactory(), "departments:edit", "name"),
    "office": (lambda: OfficeFactory(), "offices:edit", "name"),
    "document": (lambda: NormativeDocumentFactory(), "norm_documents:edit", "document_number"),
    "settings": (lambda: PortalSettings.load(), "wagtailsettings:edit", "question_window_days"),
}


def values_of(form):
    """What a browser sends of a form that nobody touched, child rows included."""
    data = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if value in (None, False) or not bound.name:
            continue
        shown = "on" if value is True else widget.format_value(value)
        data[bound.html_name] = shown if shown is not None else ""
    for formset in getattr(form, "formsets", {}).values():
        data |= {bound.html_name: bound.value() for bound in formset.management_form}
        for child in formset.initial_forms:
            data |= values_of(child)
    return data


@pytest.fixture(params=RECORDS)
def opened(request, client):
    """A record, the address of its form, what the form sends, and the field that both change."""
    make, name, field = RECORDS[request.param]
    record = make()
    client.force_login(UserFactory(is_superuser=True))
    args = [record.pk]
    if name.startswith("wagtailsettings"):
        args = [record._meta.app_label, record._meta.model_name, record.pk]
    url = reverse(name, args=args)
    return record, url, values_of(client.get(url).context["form"]), field


def test_second_to_save_sees_both_texts(client, opened):
    record, url, data, field = opened
    theirs, mine = ("41", "52") if field == "question_window_days" else ("同事写的甲", "我写的乙")
    assert client.post(url, data | {field: theirs}).status_code == 302
    response = client.post(url, data | {field: mine})
    assert response.status_code == 200
    page = html.unescape(response.content.decode())
    cells = dict(re.findall(r'<td data-conflict="(now|typed)">(.*?)</td>', page, re.DOTALL))
    assert (theirs in cells["now"], mine in cells["typed"]) == (True, True)
    record.refresh_from_db()
    assert str(getattr(record, field)) == theirs
    # Who saves again has seen both texts.
    again = values_of(response.context["form"])
    assert again[field] == mine
    assert client.post(url, again).status_code == 302
    record.refresh_from_db()
    assert str(getattr(record, field)) == mine
    entries = registry.get_logs_for_instance(record)
    assert theirs in str(entries.first().data)


def test_form_without_its_revision_is_refused(client, opened):
    record, url, data, field = opened
    before = str(getattr(record, field))
    data.pop("expected_revision")
    assert client.post(url, data | {field: "42"}).status_code == 200
    record.refresh_from_db()
    assert str(getattr(record, field)) == before


def test_form_that_nobody_overtook_is_saved_twice(client, opened):
    _record, url, data, _field = opened
    assert [client.post(url, data).status_code for _time in range(2)] == [302, 302]


def test_agenda_that_somebody_else_changed_is_shown(client):
    session = a_session()
    client.force_login(UserFactory(is_superuser=True))
    url = reverse("sessions:edit", args=[session.pk])
    data = values_of(client.get(url).context["form"])
    [activity] = session.activities.all()
    type(activity).objects.filter(pk=activity.pk).update(title="现场观摩")
    response = client.post(url, data)
    assert response.status_code == 200
    assert "现场观摩" in response.content.decode()
    assert "案例研讨" in response.content.decode()
    assert type(activity).objects.get().title == "现场观摩"


def test_case_is_not_saved_over_a_draft_that_came_between(client):
    case = TypicalCaseFactory(title="旧题")
    case.save_revision()
    client.force_login(UserFactory(is_superuser=True))
    url = reverse(case.snippet_viewset.get_url_name("edit"), args=[case.pk])
    page = client.get(url)
    form = values_of(page.context["form"])
    sent = dict(re.findall(r'name="(loaded_revision_\w+)" value="([^"]*)"', page.content.decode()))
    assert set(sent) == {"loaded_revision_id", "loaded_revision_created_at"}
    assert client.post(url, form | sent | {"title": "同事的题"}).status_code == 302
    for revision in (sent, {}):
        response = client.post(url, form | revision | {"title": "我的题"})
        page = response.content.decode()
        assert (response.status_code, "同事的题" in page, "我的题" in page) == (200, True, True)
    case.refresh_from_db()
    assert case.get_latest_revision_as_object().title == "同事的题"
    again = dict(re.findall(r'name="(loaded_revision_\w+)" value="([^"]*)"', page))
    assert client.post(url, form | again | {"title": "我的题"}).status_code == 302
    case.refresh_from_db()
    assert case.get_latest_revision_as_object().title == "我的题"


def test_topics_that_nobody_changed_are_no_conflict():
    def form(value):
        fields = {"topics": TagField(label="Topics", required=False)}
        return type("TopicForm", (forms.Form,), fields)(initial={"topics": value})

    assert differing_rows(form("减刑, 假释"), form("减刑,假释")) == []
    assert differing_rows(form("减刑, 假释"), form("减刑")) == [
        {"label": "Topics", "now": "假释、减刑", "typed": "减刑"}
    ]
