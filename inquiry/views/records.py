"""Fetching questions, clusters and dossiers for a reader, and refusing those who may not work on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404

from inquiry import rules
from inquiry.models import Dossier, Question, QuestionCluster
from inquiry.selectors import (
    clusters_visible_to,
    dossiers_visible_to,
    dossiers_with_counts,
    questions_visible_to,
)
from portal.org.models import User

View = Callable[..., HttpResponse]


def _requires(predicate: Callable[[User | AnonymousUser], bool]) -> Callable[[View], View]:
    """Return a decorator: views for people who are signed in and for whom `predicate` holds, 403 for others."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        # `login_required` outside: visitors are led to the sign-in before anything is refused.
        return login_required(guarded)

    return decorate


refiners_only = _requires(rules.can_refine)
groupers_only = _requires(rules.can_group)
closers_only = _requires(rules.can_close)
writers_only = _requires(rules.can_write_dossier)


def visible_question(request: HttpRequest, number: str) -> Question:
    """Return the question of that number if the reader may see it, else answer 404."""
    return get_object_or_404(questions_visible_to(request.user), number=number)


def visible_cluster(request: HttpRequest, number: str) -> QuestionCluster:
    """Return the cluster of that number if the reader may see it, else answer 404."""
    return get_object_or_404(clusters_visible_to(request.user), number=number)


def open_cluster(request: HttpRequest, number: str) -> QuestionCluster:
    """Return the cluster of that number if it was not merged into another, else answer 404."""
    return get_object_or_404(clusters_visible_to(request.user).open(), number=number)


def visible_dossier(request: HttpRequest, number: str, *, is_counted: bool = False) -> Any:
    """Return the dossier of that number if the reader may see it, else answer 404.

    With `is_counted` it has `items_count` and `clauses_count`.
    """
    dossiers = dossiers_visible_to(request.user).select_related(
        "author", "compiling_office", "target_document", "secrecy_reviewed_by"
    )
    return get_object_or_404(dossiers_with_counts(dossiers) if is_counted else dossiers, number=number)


def writable_dossier(request: HttpRequest, number: str) -> Dossier:
    """Return a dossier that this person may change now; answer 403 for a finished one."""
    dossier = visible_dossier(request, number)
    if not rules.can_write_dossier(request.user, dossier):
        raise PermissionDenied
    return dossier


def submitted_data(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, or None where the page is only read."""
    return request.POST if request.method == "POST" else None
