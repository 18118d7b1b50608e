"""A widget for choosing people in the admin's forms, and the suggestions that it asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.utils import parse_tags
from wagtail.admin.widgets import AdminTagWidget

from portal.org.models import User

# The username in brackets at the end of a label that `person_label` wrote.
USERNAME = re.compile(r"（([^（）]+)）$")
MAX_SUGGESTIONS = 10


def person_label(user: User) -> str:
    """Return `陈岚（chen.lan）`: the username tells people of one name apart; without a space, tags need no quotes."""
    return f"{user.display_name}（{user.username}）"


class PeopleWidget(AdminTagWidget):
    """A field of people, suggested while their name or username is typed; its value is a list of keys."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, tag_model=User, free_tagging=False, **kwargs)

    def format_value(self, value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        keys = [key for item in value if str(key := getattr(item, "pk", item)).isdecimal()]
        return ",".join(f'"{person_label(user)}"' for user in User.objects.filter(pk__in=keys))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return keys of people by their labels; a label of nobody stays as it is, and the field refuses it."""
        matches = {label: USERNAME.search(label) for label in parse_tags(data.get(name, ""))}
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


def suggest_people(request: HttpRequest) -> JsonResponse:
    """Answer with labels of active people whose name or username contains the term."""
    term = request.GET.get("term", "").strip()
    people: Iterable[User] = []
    if term:
        has_term = Q(display_name__icontains=term) | Q(username__icontains=term)
        people = User.objects.active().filter(has_term).order_by("display_name")[:MAX_SUGGESTIONS]
    return JsonResponse([person_label(user) for user in people], safe=False)
