"""Merging topics."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.org.models import Topic


class MergeTopicForm(forms.Form):
    """The topic that takes over the records."""

    into = forms.ModelChoiceField(Topic.objects.none(), label=_("Merge into"))

    def __init__(self, *args, topic: Topic, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Topic.objects.filter(merged_into=None).exclude(pk=topic.pk)
