import pytest
from django.urls import reverse

from inquiry.models import CategoryMapping
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import TopicFactory, UserFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db
KEEPERS = ["coordinator", "analyst", "administrator"]


def address(name, *args):
    return reverse(f"category-mappings:{name}", args=args)


@pytest.mark.parametrize("role", KEEPERS)
def test_mapping_that_is_filled_in_reaches_earlier_questions(client, role):
    mapping, topic = CategoryMapping.objects.create(received="刑执"), TopicFactory(name="刑事执行")
    question = QuestionFactory(category_received="刑执")
    client.force_login(UserFactory(roles=[role]))
    response = post_edit(client, address("edit", mapping.pk), {"received": "刑执", "topic": topic.pk})
    assert response.status_code == 302
    assert list(question.topics.all()) == [topic]


def test_list_shows_what_was_received_and_what_it_means(client):
    CategoryMapping.objects.create(received="刑执", topic=TopicFactory(name="刑事执行"))
    client.force_login(UserFactory(roles=["coordinator"]))
    page = client.get(address("index")).content.decode()
    assert ("刑执" in page, "刑事执行" in page) == (True, True)


@pytest.mark.parametrize("roles", [[], ["trainee"], ["editor"], ["keeper"], ["signatory"]])
def test_others_reach_no_page_of_the_table(client, roles):
    mapping = CategoryMapping.objects.create(received="刑执")
    client.force_login(UserFactory(roles=roles))
    for name, args in (("index", ()), ("add", ()), ("edit", (mapping.pk,)), ("delete", (mapping.pk,))):
        for method in (client.get, client.post):
            response = method(address(name, *args))
            assert (response.status_code, "刑执" in response.content.decode()) == (302, False)
    mapping.refresh_from_db()
    assert (mapping.received, mapping.topic, CategoryMapping.objects.count()) == ("刑执", None, 1)


def test_no_other_record_of_questions_has_admin_pages():
    from django.apps import apps
    from wagtail.admin.viewsets import viewsets

    shown = {getattr(viewset, "model", None) for viewset in viewsets.viewsets}
    assert shown & set(apps.get_app_config("inquiry").get_models()) == {CategoryMapping}
