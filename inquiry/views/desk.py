"""The analyst's desk: questions that wait on the left, one of them and what is done with it on the right."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inquiry.forms.citing import citations_in
from inquiry.forms.closing import CloseForm
from inquiry.forms.refine import GroupForm, LinkForm, RefineForm, tick_options
from inquiry.models import LinkedProvision, Question, QuestionClosure, QuestionCluster, Refinement
from inquiry.selectors.clusters import membership_begun
from inquiry.services import clusters, refinements
from inquiry.services.closures import close_question
from inquiry.views.conflicts import data_at_revision, differences
from inquiry.views.desk_lists import ACTS, CLOSE, GROUP, REFINE, DeskList, list_of
from inquiry.views.desk_pages import (
    close_form,
    desk_page,
    group_form,
    law_fragment,
    refine_form,
    restated_words,
    work_page,
)
from inquiry.views.records import closers_only, groupers_only, refiners_only, visible_question
from inquiry.views.responses import add_error_messages, add_undo_message, redirect_back
from portal.foundation.forms import add_service_errors
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.foundation.revisions import RecordChanged
from portal.org.requests import SignedInRequest

# The value of `then` by which a form on the desk asks to stay with its question.
STAY = "stay"


@refiners_only
def desk(request: SignedInRequest) -> HttpResponse:
    """Show the queue; on wide screens the first question of the page stands open beside it."""
    listed = list_of(request) or DeskList("awaiting", request.GET, request.user)
    return desk_page(request, listed, None, act=listed.queue.act, is_list=True)


@refiners_only
def desk_question(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a question of a queue, with the queue beside it."""
    listed = list_of(request) or DeskList("all", request.GET, request.user)
    act = request.GET.get("act", "")
    act = act if act in ACTS else listed.queue.act
    return desk_page(request, listed, visible_question(request, number), act=act)


@refiners_only
def refine(request: SignedInRequest, number: str) -> HttpResponse:
    """Restate a question; on the desk the next one follows."""
    question = visible_question(request, number)
    form = refine_form(question, request)
    listed = list_of(request)
    if request.method == "POST" and form.is_valid():
        # Looked up before saving, since a restated question leaves the queue.
        next_url = _next_url(request, listed, question)
        try:
            refinement = _save_refinement(request, question, form)
        # Before ValidationError, of which it is a subclass.
        except RecordChanged:
            form = _conflicting_form(request, question, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            text = _("%(number)s is restated.") % {"number": question.number}
            add_undo_message(request, text, _undo_url("undo_refinement", question, refinement.pk, listed))
            return redirect(next_url)
    return work_page(request, question, act=REFINE, listed=listed, form=form)


def _save_refinement(request: SignedInRequest, question: Question, form: RefineForm) -> Refinement:
    data = form.cleaned_data
    return refinements.refine_question(
        question=question,
        title=data["title"],
        text=data["text"],
        topics=data["topics"],
        names_real=data["names_real"],
        confirmed_citations=data["citations"],
        expected_revision=data["expected_revision"] or 0,
        actor=request.user,
    )


def _conflicting_form(request: SignedInRequest, question: Question, form: RefineForm) -> RefineForm:
    """Return a form with what was typed, beside what somebody else saved first, to be saved over that."""
    fresh = Question.objects.get(pk=question.pk)
    refinement = fresh.current_refinement()
    current = restated_words(fresh, refinement)
    data = data_at_revision(request, refinement.version if refinement else 0)
    again = RefineForm(data, citations=form.citation_texts)
    again.conflict = differences(RefineForm, current, form.cleaned_data)
    return again


@groupers_only
def group(request: SignedInRequest, number: str) -> HttpResponse:
    """Put a question together with others that ask the same."""
    question = visible_question(request, number)
    form = group_form(question, request)
    listed = list_of(request)
    if request.method == "POST" and form.is_valid():
        next_url, began = _next_url(request, listed, question), timezone.now()
        try:
            cluster = _save_group(request, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            numbers = {"number": question.number, "cluster": cluster.number}
            joined = membership_begun(cluster, request.user, began, question)
            # Where all were in the cluster before, there is nothing to take back.
            undo_url = _undo_url("undo_grouping", joined.question, joined.pk, listed) if joined else ""
            add_undo_message(request, _("%(number)s is in %(cluster)s now.") % numbers, undo_url)
            return redirect(next_url if listed else cluster.get_absolute_url())
    return work_page(request, question, act=GROUP, listed=listed, form=form)


def _save_group(request: SignedInRequest, form: GroupForm) -> QuestionCluster:
    data = form.cleaned_data
    questions, reason, actor = data["questions"], data["reason"], request.user
    if data["cluster"]:
        return clusters.add_questions(
            cluster=data["cluster"], questions=questions, reason=reason, actor=actor
        )
    return clusters.create_cluster(
        title=data["title"], lang=form.question.lang, questions=questions, reason=reason, actor=actor
    )


@closers_only
def close(request: SignedInRequest, number: str) -> HttpResponse:
    """Close a question as asked already or as not ours, with a reply to its asker."""
    question = visible_question(request, number)
    form = close_form(question, request)
    listed = list_of(request)
    if request.method == "POST" and form.is_valid():
        next_url = _next_url(request, listed, question)
        try:
            closure = _save_closure(request, question, form)
        # Before ValidationError, of which it is a subclass.
        except RecordChanged as error:
            form = _closing_again(request, question, error)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            text = _("%(number)s is closed, and its asker is told.") % {"number": question.number}
            add_undo_message(request, text, _undo_url("reopen", question, closure.pk, listed))
            return redirect(next_url)
    return work_page(request, question, act=CLOSE, listed=listed, form=form)


def _save_closure(request: SignedInRequest, question: Question, form: CloseForm) -> QuestionClosure:
    data = form.cleaned_data
    return close_question(
        question=question,
        reason=data["reason"],
        reply=data["reply"],
        duplicate_of=data["duplicate_of"],
        expected_revision=data["expected_revision"] or 0,
        actor=request.user,
    )


def _closing_again(request: SignedInRequest, question: Question, error: RecordChanged) -> CloseForm:
    """Return the form with what was typed, to be sent again once the words that stand now were read."""
    revision = refinements.refinement_revision(Question.objects.get(pk=question.pk))
    again = CloseForm(data_at_revision(request, revision), user=request.user, question=question)
    again.full_clean()
    add_service_errors(again, error)
    return again


@refiners_only
@require_POST
def typed_citations(request: SignedInRequest, number: str) -> HttpResponse:
    """Return a fragment with the citations of the original and of what is being typed, to be confirmed."""
    question = visible_question(request, number)
    # The fragment is asked for at each pause in typing; a longer text would be refused on saving.
    texts = citations_in(question.text, request.POST.get("text", "")[:MAX_TEXT_CHARS])
    options = tick_options(texts, request.POST.getlist("citations"))
    return render(request, "inquiry/desk_citations.html", {"options": options})


@refiners_only
@require_POST
def provision_link(request: SignedInRequest, number: str) -> HttpResponse:
    """Put the selected articles beside a question."""
    question = visible_question(request, number)
    form = LinkForm(request.POST, user=request.user)
    error_messages = [str(message) for errors in form.errors.values() for message in errors]
    if form.is_valid():
        for provision in form.cleaned_data["selection"].provisions:
            refinements.link_provision(question=question, provision=provision, actor=request.user)
    if request.htmx:
        return law_fragment(request, question, error_messages)
    if error_messages:
        add_error_messages(request, ValidationError(error_messages))
    else:
        messages.success(request, _("Linked to %(number)s.") % {"number": question.number})
    return redirect_back(request, reverse("inquiry:refine", args=[number]))


@refiners_only
@require_POST
def provision_unlink(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Remove an article that was put beside a question."""
    question = visible_question(request, number)
    link = get_object_or_404(LinkedProvision, pk=pk, question=question)
    refinements.unlink_provision(link=link, actor=request.user)
    if request.htmx:
        return law_fragment(request, question, [])
    messages.success(request, _("The article is no longer linked."))
    return redirect_back(request, reverse("inquiry:refine", args=[number]))


def _undo_url(name: str, question: Question, pk: int, listed: DeskList | None) -> str:
    """Return the address that takes back what was just saved, a row with the key `pk`; the list goes along."""
    base = reverse(f"inquiry:{name}", args=[question.number, pk])
    return f"{base}?{listed.query_string()}" if listed else base


def _next_url(request: SignedInRequest, listed: DeskList | None, question: Question) -> str:
    """Return where to go on after saving: the next question of the list, or this one where one wants to stay."""
    if listed is None:
        return question.get_absolute_url()
    if request.POST.get("then") == STAY:
        return listed.url(question.number)
    return listed.url(listed.number_after(question))
