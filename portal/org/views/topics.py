"""The page of the admin that merges a topic into another."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.org import services
from portal.org.forms.topics import MergeTopicForm
from portal.org.models import Topic
from portal.org.requests import SignedInRequest
from portal.org.rules import can_merge_topics


def merge_url(topic: Topic) -> str:
    return reverse("topics:merge", args=[topic.pk])


def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    if not can_merge_topics(request.user):
        raise PermissionDenied
    topic = get_object_or_404(Topic, pk=pk)
    form = MergeTopicForm(request.POST or None, topic=topic)
    if request.method == "POST" and form.is_valid():
        try:
            target = services.merge_topic(topic=topic, into=form.cleaned_data["into"], actor=request.user)
        except ValidationError as error:
            form.add_error("into", error)
        else:
            message = _("%(topic)s was merged into %(target)s.") % {"topic": topic, "target": target}
            messages.success(request, message)
            return redirect("topics:index")
    return render(request, "org/admin/topic_merge.html", _context(topic, form))


def _context(topic: Topic, form: MergeTopicForm) -> dict:
    title = _("Merge %(topic)s into another topic") % {"topic": topic}
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("topics:index"), "label": _("Topics")},
        {"url": "", "label": title},
    ]
    return {
        "topic": topic,
        "form": form,
        "breadcrumbs_items": crumbs,
        "header_title": title,
        "page_title": title,
        "header_icon": "tag",
    }
