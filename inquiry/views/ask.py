"""Raising a question, on a phone."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from courses.models import TrainingSession
from courses.rules import can_raise_question
from inquiry.enums import Naming
from inquiry.forms.ask import AskForm
from inquiry.models import Question
from inquiry.selectors.affiliations import naming_previews
from inquiry.selectors.alike import AlikeQuestion, alike_questions
from inquiry.selectors.identities import previous_naming
from inquiry.selectors.sessions import sessions_open_for_questions
from inquiry.services.holding import SubmissionHeld
from inquiry.services.questions import raise_question, submitted_question
from inquiry.views.responses import held_message
from portal.foundation.enums import Lang
from portal.foundation.forms import add_service_errors
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.foundation.markdown import render_markdown
from portal.foundation.paging import page_of
from portal.org.requests import SignedInRequest

SESSIONS_PER_PAGE = 20
JUST_RAISED = "just_raised"


@login_required
def choose_session(request: SignedInRequest) -> HttpResponse:
    """Redirect to the form if one session takes questions, else show a choice of sessions."""
    sessions = sessions_open_for_questions(request.user)
    if len(sessions) == 1:
        return redirect("inquiry:ask", number=sessions[0].number)
    page = page_of(request.GET, sessions, SESSIONS_PER_PAGE)
    return render(request, "inquiry/ask_choose.html", {"page_obj": page})


@login_required
def ask(request: SignedInRequest, number: str) -> HttpResponse:
    """Show the form, whole or as the fragment that a session's page embeds, and raise the question.

    htmx sends it, so that nothing is lost offline.
    """
    session = get_object_or_404(TrainingSession.objects.select_related("host_department"), number=number)
    if not can_raise_question(request.user, session):
        return _closed(request, session)
    naming = previous_naming(request.user) or Naming.OFFICE
    form = AskForm(request.POST or None, session=session, initial={"naming": naming})
    alike: list[AlikeQuestion] = []
    if request.method == "POST" and form.is_valid():
        alike = _unconfirmed_alike(request, session, form)
        url = "" if alike else _raise(request, session, form)
        if url:
            return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    context = {"form": form, "session": session, "named_as": naming_previews(request.user), "alike": alike}
    if request.htmx:
        context["embedded"] = "embedded" in request.GET
        return render(request, "inquiry/ask_form.html", context)
    return render(request, "inquiry/ask.html", context)


def _closed(request: SignedInRequest, session: TrainingSession) -> HttpResponse:
    if not session.is_announced:
        raise PermissionDenied
    # htmx swaps in answers of status 2xx only.
    template = "inquiry/ask_closed_fragment.html" if request.htmx else "inquiry/ask_closed.html"
    return render(request, template, {"session": session}, status=200 if request.htmx else 403)


def _unconfirmed_alike(
    request: SignedInRequest, session: TrainingSession, form: AskForm
) -> list[AlikeQuestion]:
    """Return questions nearly the same, none once the person said to raise it or the form was taken already."""
    data = form.cleaned_data
    if data["raise_anyway"] or submitted_question(data["submission_key"], data["text"], request.user):
        return []
    return alike_questions(data["text"], session=session, user=request.user)


def _raise(request: SignedInRequest, session: TrainingSession, form: AskForm) -> str:
    """Raise the question and return where to go then, "" where the service refuses it: the form then says why."""
    data = form.cleaned_data
    try:
        question = raise_question(
            session=session,
            kind=data["kind"],
            text=data["text"],
            naming=data["naming"],
            activity=data["activity"],
            lang=Lang.ZH_HANS if re.search(r"[\u4e00-\u9fff]", data["text"]) else Lang.EN,
            submission_key=data["submission_key"],
            actor=request.user,
        )
    except ValidationError as error:
        add_service_errors(form, error)
        return ""
    except SubmissionHeld:
        messages.warning(request, held_message())
        return reverse("inquiry:my_questions")
    request.session[JUST_RAISED] = question.number
    return question.get_absolute_url()


def was_just_raised(request: SignedInRequest, question: Question) -> bool:
    """Tell whether the person has raised the question and now sees its page for the first time."""
    # Not in the address, which stays in the history of a shared computer.
    return JUST_RAISED in request.session and request.session.pop(JUST_RAISED) == question.number


@login_required
@require_POST
def preview(request: SignedInRequest) -> HttpResponse:
    """Return a fragment with the text as it will look."""
    return render(
        request,
        "inquiry/preview.html",
        {"html": render_markdown(request.POST.get("text", "")[:MAX_TEXT_CHARS])},
    )
