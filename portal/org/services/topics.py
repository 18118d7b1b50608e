"""Merge topics of the controlled vocabulary, and follow those that were merged."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from taggit.models import ItemBase
from wagtail.log_actions import log

from portal.foundation.signals import announce_changed
from portal.org.models import Topic, User
from portal.org.rules import can_merge_topics


@transaction.atomic
def merge_topic(*, topic: Topic, into: Topic, actor: User) -> Topic:
    """Move everything under `topic` to `into`; the merged topic stays as a pointer.

    `record_changed` is sent for each question, session and case whose topics changed.
    """
    if not can_merge_topics(actor):
        raise PermissionDenied
    locked = {row.pk: row for row in Topic.objects.select_for_update().filter(pk__in=[topic.pk, into.pk])}
    topic, into = locked[topic.pk], locked[into.pk]
    _check_merge(topic, into)
    changed = [record for model in _through_models() for record in _repoint(model, topic, into)]
    _repoint_plain_links(topic, into)
    topic.children.exclude(pk=into.pk).update(parent=into)
    # A topic merged into one below it: that one moves up to where the merged topic stood.
    if into.parent_id == topic.pk:
        into.parent_id = topic.parent_id
        into.save(update_fields=["parent"])
    topic.merged_into = into
    topic.save(update_fields=["merged_into"])
    log(topic, "org.merge_topic", user=actor, data={"topic": topic.name, "into": into.name})
    announce_changed(*changed)
    return into


def _check_merge(topic: Topic, into: Topic) -> None:
    if topic.pk == into.pk:
        raise ValidationError(_("A topic cannot be merged into itself."))
    if topic.merged_into_id:
        raise ValidationError(_("This topic was merged already."))
    if into.merged_into_id:
        raise ValidationError(_("That topic was merged itself; choose the one that holds its records."))


def _through_models() -> list[type[ItemBase]]:
    return [
        relation.related_model
        for relation in Topic._meta.related_objects
        if issubclass(relation.related_model, ItemBase)
    ]


def _repoint(model: type[ItemBase], topic: Topic, into: Topic) -> list[models.Model]:
    """Replace a topic in one table and return the records that had it; one that had both keeps one."""
    rows = list(model.objects.filter(tag=topic).select_related("content_object"))
    had_both = set(model.objects.filter(tag=into).values_list("content_object_id", flat=True))
    model.objects.filter(tag=topic, content_object_id__in=had_both).delete()
    model.objects.filter(tag=topic).update(tag=into)
    return [row.content_object for row in rows]


def _repoint_plain_links(topic: Topic, into: Topic) -> None:
    """Replace a topic where plain foreign keys refer to it, such as in the table of received categories.

    The tree of topics itself is left to the caller.
    """
    for relation in Topic._meta.related_objects:
        is_link = isinstance(relation.field, models.ForeignKey)
        if (
            is_link
            and relation.related_model is not Topic
            and not issubclass(relation.related_model, ItemBase)
        ):
            field = relation.field.name
            relation.related_model.objects.filter(**{field: topic}).update(**{field: into})


def present_topic(topic: Topic) -> Topic:
    """Return the topic itself, or the one that it was merged into in the end."""
    # Keys of topics passed on the way: a circle, which merging refuses, would never end here.
    visited = {topic.pk}
    while (next_topic := topic.merged_into) and next_topic.pk not in visited:
        visited.add(next_topic.pk)
        topic = next_topic
    return topic
