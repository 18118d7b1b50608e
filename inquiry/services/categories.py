"""Categories of imported files and the topics that they mean."""

from __future__ import annotations

from django.db import transaction

from inquiry.models import CategoryMapping, Question
from portal.foundation.signals import announce_changed
from portal.org.models import Topic


@transaction.atomic
def apply_mapping(*, mapping: CategoryMapping) -> int:
    """Give the topic to every question received under the category; return to how many it is new."""
    if mapping.topic is None:
        return 0
    topic = current_topic(mapping.topic)
    received = Question.objects.filter(category_received=mapping.received)
    questions = list(received.exclude(topic_items__tag=topic))
    for question in questions:
        question.topics.add(topic)
    announce_changed(*questions)
    return len(questions)


def current_topic(topic: Topic) -> Topic:
    """Return the topic itself, or the one that it was merged into."""
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
    # Only for a new category: staff may have emptied the topic of an old one on purpose.
    if created and (topic := Topic.objects.filter(name=received).first()):
        mapping.topic = topic
        mapping.save(update_fields=["topic"])
    if mapping.topic:
        question.topics.add(current_topic(mapping.topic))
