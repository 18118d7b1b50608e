"""The form that merges topics."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.org.models import Topic
from portal.org.widgets import TopicWidget


class MergeTopicForm(forms.Form):
    """Asks for the topic that takes over the records."""

    into = forms.ModelChoiceField(Topic.objects.none(), label=_("Merge into"), widget=TopicWidget)

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.queryset = Topic.objects.filter(merged_into=None).exclude(pk=topic.pk)
