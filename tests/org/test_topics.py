"""Topics: merging them, and choosing them by name."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from courses.models import TrainingSession
from portal.foundation.signals import record_changed
from portal.org import services
from portal.org.models import Topic
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import TopicFactory, UserFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"])


def session_with(*topics) -> TrainingSession:
    session = TrainingSessionFactory()
    session.topics.add(*topics)
    session.save()
    return session


def topics_of(session) -> list[str]:
    return sorted(TrainingSession.objects.get(pk=session.pk).topics.values_list("name", flat=True))


def test_merge_topic_moves_records_and_tells_of_each(editor):
    old, kept = TopicFactory(name="财产刑"), TopicFactory(name="财产性判项")
    only_old, both = session_with(old), session_with(old, kept)
    announced = []

    def listen(sender, instances, **kwargs):
        announced.extend(instances)

    record_changed.connect(listen)
    services.merge_topic(topic=old, into=kept, actor=editor)
    record_changed.disconnect(listen)
    assert [topics_of(session) for session in (only_old, both)] == [["财产性判项"], ["财产性判项"]]
    assert {session.pk for session in announced} == {only_old.pk, both.pk}
    assert Topic.objects.get(pk=old.pk).merged_into == kept


def test_merge_topic_moves_narrower_topics(editor):
    old, kept = TopicFactory(), TopicFactory()
    child = TopicFactory(parent=old)
    services.merge_topic(topic=old, into=kept, actor=editor)
    child.refresh_from_db()
    assert child.parent == kept


def test_merge_topic_into_its_own_child_leaves_no_circle(editor):
    old = TopicFactory()
    kept = TopicFactory(parent=old)
    services.merge_topic(topic=old, into=kept, actor=editor)
    kept.refresh_from_db()
    assert kept.parent is None


def test_merge_topic_refuses_itself_merged_ones_and_trainees(editor):
    old, kept = TopicFactory(), TopicFactory()
    with pytest.raises(ValidationError):
        services.merge_topic(topic=old, into=old, actor=editor)
    with pytest.raises(PermissionDenied):
        services.merge_topic(topic=old, into=kept, actor=UserFactory(roles=["trainee"]))
    services.merge_topic(topic=old, into=kept, actor=editor)
    with pytest.raises(ValidationError):
        services.merge_topic(topic=kept, into=old, actor=editor)


def test_merge_page_merges(client, editor):
    old, kept = TopicFactory(), TopicFactory()
    client.force_login(editor)
    client.post(reverse("topics:merge", args=[old.pk]), {"into": kept.pk})
    assert services.present_topic(Topic.objects.get(pk=old.pk)) == kept


def test_topic_is_typed_by_name_and_strangers_are_refused(client, editor):
    client.force_login(editor)
    broad, topic = TopicFactory(name="刑罚执行"), TopicFactory(name="减刑")
    url = reverse("topics:edit", args=[topic.pk])
    post_edit(client, url, {"name": "减刑", "slug": topic.slug, "parent": "刑罚执行"})
    topic.refresh_from_db()
    assert topic.parent == broad
    html = client.get(url).content.decode()
    assert 'value="刑罚执行"' in html
    assert f' value="{broad.pk}"' not in html
    response = post_edit(client, url, {"name": "减刑", "slug": topic.slug, "parent": "没有这个"})
    assert list(response.context["form"].errors) == ["parent"]
    assert 'value="没有这个"' in response.content.decode()
