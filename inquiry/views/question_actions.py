"""Actions on a question: readers join in or follow, its asker withdraws or corrects."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inquiry import rules
from inquiry.forms.ask import CorrectionForm
from inquiry.selectors import has_me_too, is_asker, is_following, presented_question, question_voices
from inquiry.services.holding import SubmissionHeld
from inquiry.services.questions import (
    add_me_too,
    append_correction,
    follow,
    remove_me_too,
    unfollow,
    withdraw_question,
)
from inquiry.views.records import visible_question
from inquiry.views.responses import add_error_messages, held_message, redirect_back
from portal.foundation.forms import add_service_errors
from portal.org.requests import SignedInRequest


@login_required
@require_POST
def me_too(request: SignedInRequest, number: str) -> HttpResponse:
    """Join a question or leave it again; htmx replaces the button.

    Beside a question that is being typed (`asking`), what is said next is what to do with the draft.
    """
    question = visible_question(request, number)
    act = remove_me_too if request.POST.get("undo") else add_me_too
    try:
        act(question=question, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    if not request.htmx:
        return redirect_back(request, question.get_absolute_url())
    context = {
        "number": question.number,
        "url": question.get_absolute_url(),
        "focused": True,
        "joined": has_me_too(request.user, question),
        "is_asker": is_asker(request.user, question),
        "voices": question_voices(question),
    }
    template = "inquiry/asking_me_too.html" if "asking" in request.POST else "inquiry/me_too.html"
    return render(request, template, context)


@login_required
@require_POST
def follow_question(request: SignedInRequest, number: str) -> HttpResponse:
    """Follow a question or no longer; htmx replaces the button."""
    question = visible_question(request, number)
    act = unfollow if request.POST.get("undo") else follow
    act(question=question, actor=request.user)
    if not request.htmx:
        return redirect_back(request, question.get_absolute_url())
    context = {"number": question.number, "following": is_following(request.user, question)}
    return render(request, "inquiry/follow.html", context)


@login_required
def withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask the asker once more, then withdraw the question."""
    question = visible_question(request, number)
    is_own = is_asker(request.user, question)
    if is_own and question.withdrawn_on:
        # The form was sent twice, or its page was left open.
        return redirect(question.get_absolute_url())
    if not rules.can_withdraw(request.user, question, is_asker=is_own):
        raise PermissionDenied
    if request.method == "POST":
        withdraw_question(question=question, actor=request.user)
        messages.success(request, _("The question is marked as withdrawn."))
        return redirect(question.get_absolute_url())
    return render(request, "inquiry/withdraw.html", {"presented": presented_question(question, request.user)})


@login_required
def correct(request: SignedInRequest, number: str) -> HttpResponse:
    """Let the asker append a correction."""
    question = visible_question(request, number)
    if not rules.can_append_correction(request.user, question, is_asker=is_asker(request.user, question)):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            append_correction(question=question, text=form.cleaned_data["text"], actor=request.user)
        except ValidationError as error:
            add_service_errors(form, error)
        except SubmissionHeld:
            messages.warning(request, held_message())
            return redirect("inquiry:my_questions")
        else:
            messages.success(request, _("Your correction is shown below the question."))
            return redirect(question.get_absolute_url())
    return render(
        request,
        "inquiry/correct.html",
        {"form": form, "presented": presented_question(question, request.user)},
    )
