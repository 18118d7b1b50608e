"""Categories of imported files and the topics that they mean."""

from __future__ import annotations

from django.db import transaction

from inquiry.models import CategoryMapping, Question
from portal.foundation.signals import announce_changed
from portal.org.models import Topic


@transaction.atomic
def apply_mapping(*, mapping: CategoryMapping) -> int:
    """Give the topic to every question received under the category; tells how many it is new to."""
    if mapping.topic is None:
        return 0
    topic = standing_topic(mapping.topic)
    lacking = Question.objects.filter(category_received=mapping.received).exclude(topic_items__tag=topic)
    changed = list(lacking)
    for question in changed:
        question.topics.add(topic)
    announce_changed(*changed)
    return len(changed)


def standing_topic(topic: Topic) -> Topic:
    """The topic itself, or the one that it was merged into."""
    while topic.merged_into:
        topic = topic.merged_into
    return topic


def map_category(question: Question) -> None:
    """Give an imported question the topic of its category; an unknown category gets a row to be filled in.

    A topic of the category's own name is taken at once.
    """
    received = question.category_received
    if not received:
        return
    mapping, created = CategoryMapping.objects.get_or_create(received=received)
    if created and (topic := Topic.objects.filter(name=received).first()):
        mapping.topic = topic
        mapping.save(update_fields=["topic"])
    if mapping.topic:
        question.topics.add(standing_topic(mapping.topic))
