"""Forms of the analyst's desk: the restated form of a question, its group, its articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inquiry.forms.fields import set_queryset, ticked_keys
from inquiry.forms.picking import PickForm
from inquiry.models import Question, QuestionCluster
from inquiry.selectors import current_cluster
from portal.foundation.joining import listed
from portal.foundation.limits import MAX_REASON_CHARS, MAX_TEXT_CHARS, MAX_TITLE_CHARS
from portal.foundation.numerals import parse_primary_key
from portal.org.models import Topic

# Topics that the form shows to be ticked, beside those that are ticked already; others are typed.
MAX_SHOWN_TOPICS = 200
TOPIC_SEPARATORS = re.compile(r"\s*[、，,;；\n]\s*")


class RefineForm(forms.Form):
    """The restated form of a question. `citations` are those found in it or in the original."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=MAX_TITLE_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("One sentence that asks the question, without names, places or dates."),
        error_messages={"required": gettext_lazy("Give the restated question a title.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Restated text"),
        max_length=MAX_TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Write the restated question.")},
    )
    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    further_topics = forms.CharField(
        label=gettext_lazy("Further topics"),
        required=False,
        max_length=1_000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("By name, several with 、 between them: there are too many to show them all."),
    )
    citations = forms.MultipleChoiceField(
        label=gettext_lazy("Citations found"), required=False, widget=forms.CheckboxSelectMultiple
    )
    names_real = forms.BooleanField(
        label=gettext_lazy("The original names a real case or person"),
        required=False,
        help_text=gettext_lazy("Others then see, find, cite and export the restated form only."),
    )

    expected_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    # What stands now beside what was typed, where somebody else restated the question first.
    conflict: list[dict[str, Any]] | None = None

    def __init__(self, *args: Any, citations: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "topics", _current_topics())
        self.citation_texts = list(dict.fromkeys(citations))
        field = self.fields["citations"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(text, text) for text in self.citation_texts]

    @cached_property
    def has_further_topics(self) -> bool:
        """Return whether there are more topics than the form shows."""
        return len(self.first_topics) > MAX_SHOWN_TOPICS

    @cached_property
    def first_topics(self) -> list[Topic]:
        """Return the topics, one more at most than the form shows."""
        return list(_current_topics()[: MAX_SHOWN_TOPICS + 1])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = [name for name in TOPIC_SEPARATORS.split(data.get("further_topics", "").strip()) if name]
        topic_by_name = {topic.name: topic for topic in _current_topics().filter(name__in=names)}
        if unknown := [name for name in names if name not in topic_by_name]:
            self.add_error("further_topics", _("Not found: %(numbers)s") % {"numbers": "、".join(unknown)})
        if "topics" in data:
            data["topics"] = list(dict.fromkeys([*data["topics"], *topic_by_name.values()]))
        return data

    @cached_property
    def offered_topics(self) -> list[Topic]:
        """Return the topics that the form shows, broad ones first: all, or the broadest and those that are ticked."""
        offered = self.first_topics
        if self.has_further_topics:
            few = _current_topics().filter(parent=None)[:MAX_SHOWN_TOPICS]
            ticked = _keys(ticked_keys(self["topics"]))
            keys = Q(pk__in=[topic.pk for topic in few]) | Q(pk__in=ticked)
            offered = list(_current_topics().filter(keys))
        return sorted(offered, key=lambda topic: topic.parent_id is not None)

    @property
    def chosen_topics(self) -> list[dict[str, Any]]:
        """Return the topics that are ticked, which stand first: {value, label, checked}."""
        chosen = ticked_keys(self["topics"])
        return [_topic_option(topic, chosen) for topic in self.offered_topics if str(topic.pk) in chosen]

    @property
    def topic_groups(self) -> list[dict[str, Any]]:
        """The broadest topics with themselves and all below, but for those that are ticked: {label, options}."""
        chosen = ticked_keys(self["topics"])
        topics = {topic.pk: topic for topic in self.offered_topics}
        groups: dict[int, dict[str, Any]] = {}
        for topic in topics.values():
            top = topic
            while top.parent_id in topics:
                top = topics[top.parent_id]
            group = groups.setdefault(top.pk, {"label": str(top), "options": []})
            if str(topic.pk) not in chosen:
                group["options"].append(_topic_option(topic, chosen))
        return [group for group in groups.values() if group["options"]]

    @property
    def citation_options(self) -> list[dict[str, Any]]:
        return tick_options(self.citation_texts, self["citations"].value())


def _current_topics() -> QuerySet[Topic]:
    """Return topics that were not merged into another."""
    return Topic.objects.filter(merged_into__isnull=True)


def _topic_option(topic: Topic, chosen: Iterable[str]) -> dict[str, Any]:
    return {"value": topic.pk, "label": str(topic), "checked": str(topic.pk) in chosen}


def _keys(written: Iterable[str]) -> list[int]:
    return [key for key in map(parse_primary_key, written) if key]


def tick_options(texts: Sequence[str], chosen: Iterable[str] | None) -> list[dict[str, Any]]:
    """Return citations to be confirmed: {value, checked}."""
    ticked = set(chosen or [])
    return [{"value": text, "checked": text in ticked} for text in texts]


class GroupForm(PickForm):
    """A question and others that ask the same; ticking one that is grouped already joins its cluster."""

    kinds = ("questions", "clusters")
    requires_selection = False

    title = forms.CharField(
        label=gettext_lazy("Title of the new cluster"),
        required=False,
        max_length=MAX_TITLE_CHARS,
        help_text=gettext_lazy("Used only if nothing that you ticked is in a cluster already."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they ask the same"), required=False, max_length=MAX_REASON_CHARS
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        selection = data["selection"]
        # A ticked question that is grouped already stands for its cluster.
        joined = {*selection.clusters, *filter(None, map(current_cluster, selection.questions))}
        clusters: list[QuestionCluster] = sorted(joined, key=lambda cluster: cluster.number)
        if len(clusters) > 1:
            numbers = listed(cluster.number for cluster in clusters)
            raise ValidationError(
                _("You ticked several clusters: %(numbers)s. Merge them first, or tick only one.")
                % {"numbers": numbers}
            )
        if not clusters and not data.get("title"):
            self.add_error("title", _("Give the cluster a title."))
        data["cluster"] = clusters[0] if clusters else None
        data["questions"] = list(dict.fromkeys([self.question, *selection.questions]))
        return data


class LinkForm(PickForm):
    """Articles to put beside a question."""

    kinds = ("provisions",)
