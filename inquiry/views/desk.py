"""The analyst's desk: questions that wait on the left, one of them and what is done with it on the right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from inquiry import selectors
from inquiry.forms.citing import citations_in
from inquiry.forms.errors import add_service_errors
from inquiry.forms.refine import GroupForm, LinkForm, RefineForm, tick_options
from inquiry.models import LinkedProvision, Question, QuestionCluster, Refinement
from inquiry.selectors import PresentedQuestion
from inquiry.selectors.queues import narrowed, voices_of
from inquiry.services import clusters, refinements
from inquiry.views.conflicts import data_at_revision, differences
from inquiry.views.desk_lists import GROUP, QUEUES, REFINE, DeskList, desk_list
from inquiry.views.records import groupers_only, refiners_only, visible_question
from inquiry.views.responses import add_error_messages, redirect_back
from inquiry.views.rows import CORRECTIONS_PER_PAGE, LINKS_PER_PAGE, selection_rows
from portal.foundation import dates
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.foundation.paging import page_of
from portal.foundation.revisions import RecordChanged
from portal.org.requests import SignedInRequest

ACTS = (REFINE, GROUP)
# The value of `then` by which a form on the desk asks to stay with its question.
STAY = "stay"


@refiners_only
def desk(request: SignedInRequest) -> HttpResponse:
    """Show the queue; on wide screens the first question of the page stands open beside it."""
    listed = _list_of(request) or DeskList("awaiting", request.GET, request.user)
    return _desk_page(request, listed, None, act=listed.queue.act, is_list=True)


@refiners_only
def desk_question(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a question of a queue, with the queue beside it."""
    listed = _list_of(request) or DeskList("all", request.GET, request.user)
    act = request.GET.get("act", "")
    act = act if act in ACTS else listed.queue.act
    return _desk_page(request, listed, visible_question(request, number), act=act)


@refiners_only
def refine(request: SignedInRequest, number: str) -> HttpResponse:
    """Restate a question; on the desk the next one follows."""
    question = visible_question(request, number)
    form = _refine_form(question, request)
    listed = _list_of(request)
    if request.method == "POST" and form.is_valid():
        # Looked up before saving, since a restated question leaves the queue.
        next_url = _next_url(request, listed, question)
        try:
            _save_refinement(request, question, form)
        # Before ValidationError, of which it is a subclass.
        except RecordChanged:
            form = _conflicting_form(request, question, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("%(number)s is restated.") % {"number": question.number})
            return redirect(next_url)
    return _work_page(request, question, act=REFINE, listed=listed, form=form)


def _save_refinement(request: SignedInRequest, question: Question, form: RefineForm) -> None:
    data = form.cleaned_data
    refinements.refine_question(
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
    current = _restated_words(fresh, refinement)
    data = data_at_revision(request, refinement.version if refinement else 0)
    again = RefineForm(data, citations=form.citation_texts)
    again.conflict = differences(RefineForm, current, form.cleaned_data)
    return again


@groupers_only
def group(request: SignedInRequest, number: str) -> HttpResponse:
    """Put a question together with others that ask the same."""
    question = visible_question(request, number)
    form = _group_form(question, request)
    listed = _list_of(request)
    if request.method == "POST" and form.is_valid():
        next_url = _next_url(request, listed, question)
        try:
            cluster = _save_group(request, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            numbers = {"number": question.number, "cluster": cluster.number}
            messages.success(request, _("%(number)s is in %(cluster)s now.") % numbers)
            return redirect(next_url if listed else cluster.get_absolute_url())
    return _work_page(request, question, act=GROUP, listed=listed, form=form)


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
    if form.is_valid():
        for provision in form.cleaned_data["selection"].provisions:
            refinements.link_provision(question=question, provision=provision, actor=request.user)
        messages.success(request, _("Linked to %(number)s.") % {"number": question.number})
    else:
        add_error_messages(
            request, ValidationError([message for errors in form.errors.values() for message in errors])
        )
    return redirect_back(request, reverse("inquiry:refine", args=[number]))


@refiners_only
@require_POST
def provision_unlink(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Remove an article that was put beside a question."""
    link = get_object_or_404(LinkedProvision, pk=pk, question=visible_question(request, number))
    refinements.unlink_provision(link=link, actor=request.user)
    messages.success(request, _("The article is no longer linked."))
    return redirect_back(request, reverse("inquiry:refine", args=[number]))


def _list_of(request: SignedInRequest) -> DeskList | None:
    """Return the list that the address names, None for a page that was not opened from the desk."""
    return desk_list(request.GET.get("queue"), request.GET, request.user)


def _next_url(request: SignedInRequest, listed: DeskList | None, question: Question) -> str:
    """Return where to go on after saving: the next question of the list, or this one where one wants to stay."""
    if listed is None:
        return question.get_absolute_url()
    if request.POST.get("then") == STAY:
        return listed.url(question.number)
    return listed.url(listed.number_after(question))


def _work_page(
    request: SignedInRequest,
    question: Question,
    *,
    act: str,
    listed: DeskList | None,
    form: RefineForm | GroupForm,
) -> HttpResponse:
    """Show the form again where it was sent from: on the desk, or on a page of its own."""
    if listed:
        return _desk_page(request, listed, question, act=act, form=form)
    presented = selectors.presented_question(question, request.user)
    context = _question_context(request, presented, act, form) | {
        "refine_url": reverse("inquiry:refine", args=[question.number]),
        "group_url": reverse("inquiry:group", args=[question.number]),
        "act_url": f"{reverse(f'inquiry:{act}', args=[question.number])}#work",
        "is_listed": False,
        "breadcrumbs": [
            {"label": _("Questions"), "url": reverse("inquiry:questions")},
            {"label": question.number, "url": question.get_absolute_url()},
            {"label": _("Restate") if act == REFINE else pgettext("verb", "Group")},
        ],
    }
    return render(request, "inquiry/work.html", context)


def _desk_page(
    request: SignedInRequest,
    listed: DeskList,
    question: Question | None,
    *,
    act: str,
    form: RefineForm | GroupForm | None = None,
    is_list: bool = False,
) -> HttpResponse:
    place = listed.place_of(question)
    rows = selectors.presented_questions(place.questions, request.user)
    # The open question stands in the list as a rule, and is not read a second time.
    presented = next((row for row in rows if is_list or row.question == question), None)
    if question and presented is None:
        presented = selectors.presented_question(question, request.user)
    context = {
        "queue": listed.name,
        "tabs": [
            {
                "label": queue.label,
                "url": f"{reverse('inquiry:desk')}?{urlencode({'queue': name, **listed.narrowing})}",
                "active": name == listed.name,
                "count": place.page.paginator.count
                if name == listed.name
                else narrowed(queue.rows(request.user), listed.filter).count(),
            }
            for name, queue in QUEUES.items()
        ],
        "is_list": is_list,
        "filter_form": listed.form.offer(),
        "chips": listed.chips(),
        "clear_url": f"{reverse('inquiry:desk')}?{urlencode({'queue': listed.name})}",
        "list_url": listed.url(),
        "page_obj": place.page,
        "rows": _queue_rows(rows, listed, presented),
        "previous_url": listed.url(place.previous) if place.previous else "",
        "next_url": listed.url(place.next) if place.next else "",
        "position": place.position,
    }
    if presented:
        context |= _question_context(request, presented, act, form)
        context |= {
            "refine_url": listed.url(presented.number, act=REFINE),
            "group_url": listed.url(presented.number, act=GROUP),
            "act_url": listed.act_url(act, presented.number),
            "is_listed": True,
        }
    return render(request, "inquiry/desk.html", context)


def _queue_rows(
    rows: Iterable[PresentedQuestion], listed: DeskList, current: PresentedQuestion | None
) -> list[dict[str, Any]]:
    voices = voices_of([presented.question for presented in rows])
    return [
        {
            "number": presented.number,
            "title": presented.title,
            "lang": presented.lang,
            "url": listed.url(presented.number),
            "department": presented.department,
            "status": presented.status_label,
            "tone": presented.status_tone,
            "day": dates.day(presented.raised_on),
            "voices": voices[presented.question.pk],
            "current": presented == current,
        }
        for presented in rows
    ]


def _question_context(
    request: SignedInRequest,
    presented: PresentedQuestion,
    act: str,
    form: RefineForm | GroupForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows of a question, and the form for what is done with it."""
    question = presented.question
    if form is None:
        form = _refine_form(question, request) if act == REFINE else _group_form(question, request)
    parts = (presented.activity, presented.session, presented.byline, dates.day(presented.raised_on))
    return {
        "question": question,
        "presented": presented,
        "source": [str(part) for part in parts if part],
        "citations": selectors.presented_citations(question, request.user),
        "links_page": page_of(request.GET, selectors.linked_provisions(question), LINKS_PER_PAGE, "links"),
        "corrections_page": page_of(request.GET, presented.corrections, CORRECTIONS_PER_PAGE, "corrections"),
        "cluster": selectors.current_cluster(question),
        "voices": selectors.question_voices(question),
        "refinement": question.current_refinement(),
        "act": act,
        "form": form,
        "chosen": selection_rows(form.chosen, request.user) if isinstance(form, GroupForm) else [],
        # After a POST with errors, the address of the form itself, which opens by GET as well.
        "here": request.get_full_path(),
    }


def _refine_form(question: Question, request: SignedInRequest) -> RefineForm:
    if request.method == "POST":
        texts = citations_in(question.text, request.POST.get("text", "")[:MAX_TEXT_CHARS])
        return RefineForm(request.POST, citations=texts)
    refinement = question.current_refinement()
    words = _restated_words(question, refinement)
    initial = words | {
        "names_real": question.names_real,
        "citations": list(question.confirmed_citations.values_list("text", flat=True)),
        "expected_revision": refinement.version if refinement else 0,
    }
    return RefineForm(initial=initial, citations=citations_in(question.text, words["text"]))


def _restated_words(question: Question, refinement: Refinement | None) -> dict[str, Any]:
    """Return what the form shows of the restated form, or of the original while there is none."""
    return {
        "title": refinement.title if refinement else question.title,
        "text": refinement.text if refinement else question.text,
        "topics": [item.tag for item in question.topic_items.select_related("tag")],
    }


def _group_form(question: Question, request: SignedInRequest) -> GroupForm:
    if request.method == "POST":
        return GroupForm(request.POST, user=request.user, question=question)
    title = question.public_title() or question.number
    return GroupForm(initial={"title": title}, user=request.user, question=question)
