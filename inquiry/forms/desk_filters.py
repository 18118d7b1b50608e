"""What narrows the queue of the analyst's desk, as its address says it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from courses.models import TrainingSession
from inquiry.models import Question
from inquiry.selectors.queues import FREE, MINE, QueueFilter
from portal.foundation.numbers import MAX_NUMBER_LENGTH
from portal.org.models import Department, Topic

# Sessions and topics that a list offers, beside the one that is chosen.
MAX_OPTIONS = 200
# What is offered may be as old as this, in seconds; it is the same for everybody.
OFFER_CACHED_SECONDS = 60
OFFER_KEY = "inquiry.desk-filters"
VOICES: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Any number")),
    ("2", gettext_lazy("2 or more")),
    ("5", gettext_lazy("5 or more")),
    ("10", gettext_lazy("10 or more")),
]
CLAIMS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("All")),
    (FREE, gettext_lazy("Not claimed by colleagues")),
    (MINE, gettext_lazy("Claimed by me")),
]


def _offered() -> tuple[list[TrainingSession], list[Department], list[Topic]]:
    """Return what a list can be narrowed by: sessions that have questions, the newest first, departments, topics."""
    with_questions = Exists(Question.objects.filter(session=OuterRef("pk")))
    sessions = TrainingSession.objects.filter(with_questions).order_by("-number")
    topics = Topic.objects.filter(merged_into__isnull=True)
    return list(sessions[:MAX_OPTIONS]), list(Department.objects.all()), list(topics[:MAX_OPTIONS])


class DeskFilterForm(forms.Form):
    """Words and filters of a queue. What cannot be read narrows nothing (`filter`)."""

    words = forms.CharField(
        label=gettext_lazy("Words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )
    session = forms.CharField(
        label=gettext_lazy("Session"), required=False, max_length=MAX_NUMBER_LENGTH, widget=forms.Select
    )
    department = forms.CharField(
        label=gettext_lazy("Department"), required=False, max_length=40, widget=forms.Select
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), required=False, max_length=100, widget=forms.Select)
    voices = forms.ChoiceField(label=gettext_lazy("People who have it"), choices=VOICES, required=False)

    claim = forms.ChoiceField(label=gettext_lazy("Claimed"), choices=CLAIMS, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, prefix=None, auto_id="queue-%s", use_required_attribute=False)

    @property
    def filter(self) -> QueueFilter:
        self.is_valid()
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return QueueFilter(**values | {"voices": int(values.get("voices", 0))})

    def offer(self) -> DeskFilterForm:
        """Fill the lists of sessions, departments and topics, and return the form: it is about to be shown."""
        offered = cache.get(OFFER_KEY)
        if offered is None:
            offered = _offered()
            cache.set(OFFER_KEY, offered, OFFER_CACHED_SECONDS)
        sessions, departments, topics = offered
        self._fill("session", gettext_lazy("All sessions"), [(row.number, row) for row in sessions])
        self._fill("department", gettext_lazy("All departments"), [(row.code, row) for row in departments])
        self._fill("topic", gettext_lazy("All topics"), [(row.slug, row) for row in topics])
        return self

    def label_of(self, name: str, value: str) -> str:
        """Return how a chosen value is called in its list, after `offer`."""
        choices = getattr(self.fields[name].widget, "choices", ())
        return str(dict(choices).get(value, value))

    def _fill(self, name: str, all_of_them: Promise, rows: list[tuple[str, Any]]) -> None:
        chosen = self.data.get(name, "")
        known = {value for value, _row in rows}
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)
        beside = [(chosen, chosen)] if chosen and chosen not in known else []
        widget.choices = [("", all_of_them), *((value, str(row)) for value, row in rows), *beside]
