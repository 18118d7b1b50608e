"""Widgets for choosing people and topics in the admin's forms, and the suggestions that they ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from taggit.utils import parse_tags
from wagtail.admin.widgets import AdminTagWidget

from portal.foundation.numerals import parse_primary_key
from portal.org.models import Topic, User

# The username in brackets at the end of a label that `person_label` wrote.
USERNAME = re.compile(r"（([^（）]+)）$")
MAX_SUGGESTIONS = 10
# Names that the field of a topic offers before anything is typed.
MAX_OFFERED_TOPICS = 200


def person_label(user: User) -> str:
    """Return `陈岚（chen.lan）`: the username tells people of one name apart; without a space, tags need no quotes."""
    return f"{user.display_name}（{user.username}）"


def _tag(label: str) -> str:
    """Return a label as the field lists it, in quotes only where it needs them: the field shows them."""
    return f'"{label}"' if "," in label else label


def _labels_in(value: str) -> list[str]:
    """Return the labels of a list of tags; without quotes, commas alone end them, whatever spaces a name has."""
    if '"' in value:
        return parse_tags(value)
    return [label for part in value.split(",") if (label := part.strip())]


class PeopleWidget(AdminTagWidget):
    """A field of people, suggested while their name or username is typed; its value is a list of keys."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, tag_model=User, free_tagging=False, **kwargs)

    def format_value(self, value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        keys = [key for item in value if str(key := getattr(item, "pk", item)).isdecimal()]
        return ",".join(_tag(person_label(user)) for user in User.objects.filter(pk__in=keys))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return keys of people by their labels; a label of nobody stays as it is, and the field refuses it."""
        matches = {label: USERNAME.search(label) for label in _labels_in(data.get(name, ""))}
        usernames = [match[1] for match in matches.values() if match]
        keys = dict(User.objects.filter(username__in=usernames).values_list("username", "pk"))
        return [keys.get(match[1], label) if match else label for label, match in matches.items()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["help_text"] = _("Type a name or a username and choose from the list.")
        context["widget"]["attrs"]["data-w-tag-url-value"] = reverse("org_people_suggestions")
        options = json.loads(context["widget"]["attrs"]["data-w-tag-options-value"])
        context["widget"]["attrs"]["data-w-tag-options-value"] = json.dumps(options | {"allowSpaces": True})
        return context


class TopicsWidget(AdminTagWidget):
    """A field of several topics of the vocabulary, suggested while they are typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, tag_model=Topic, free_tagging=False, **kwargs)

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["js/topics.js"])

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        # Wagtail's text is about quotes around tags that people make up; the panel says what to do.
        context["widget"]["help_text"] = ""
        return context


class TopicWidget(forms.TextInput):
    """A field of one topic, typed by name; a list of thousands to choose from would be a page of its own.

    Its value is the topic's key. The name of no topic stays as it is, and the field refuses it.
    """

    def format_value(self, value: Any) -> str:
        topic = Topic.objects.filter(pk=parse_primary_key(str(value or "")) or 0).first()
        return topic.name if topic else str(value or "")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = (data.get(name) or "").strip()
        topic = Topic.objects.filter(name=typed, merged_into=None).first() if typed else None
        return topic.pk if topic else typed

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        key = f"{name}-topics"
        field = super().render(name, value, {**(attrs or {}), "list": key, "autocomplete": "off"}, renderer)
        names = Topic.objects.filter(merged_into=None).values_list("name")[:MAX_OFFERED_TOPICS]
        options = format_html_join("", '<option value="{}"></option>', names)
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)


def suggest_people(request: HttpRequest) -> JsonResponse:
    """Answer with labels of active people whose name or username contains the term."""
    term = request.GET.get("term", "").strip()
    people: Iterable[User] = []
    if term:
        has_term = Q(display_name__icontains=term) | Q(username__icontains=term)
        people = User.objects.active().filter(has_term).order_by("display_name")[:MAX_SUGGESTIONS]
    return JsonResponse([person_label(user) for user in people], safe=False)
