"""The analyst's desk: questions that wait on the left, one of them and what is done with it on the right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from inquiry import selectors
from inquiry.forms.citing import citations_in
from inquiry.forms.errors import add_service_errors
from inquiry.forms.refine import GroupForm, LinkForm, RefineForm, tick_options
from inquiry.models import LinkedProvision, Question, QuestionCluster, Refinement
from inquiry.services import clusters, refinements
from inquiry.views.conflicts import data_at_revision, differences
from inquiry.views.records import groupers_only, refiners_only, visible_question
from inquiry.views.responses import add_error_messages, redirect_back
from inquiry.views.rows import CORRECTIONS_PER_PAGE, LINKS_PER_PAGE, selection_rows
from portal.foundation import dates
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.foundation.paging import page_number_of, page_of
from portal.foundation.revisions import RecordChanged
from portal.org.models import User
from portal.org.requests import SignedInRequest

PER_PAGE = 30
REFINE, GROUP = "refine", "group"


@dataclass(frozen=True)
class Queue:
    """A list of work: what is in it, and what is done with a question that is opened from it."""

    label: str | Promise
    rows: Callable[..., QuerySet[Question]]
    act: str


def _all_standing(user: User) -> QuerySet[Question]:
    return selectors.questions_visible_to(user).standing().order_by("-raised_on", "-number")


QUEUES = {
    "awaiting": Queue(gettext_lazy("To be refined"), selectors.questions_awaiting_refinement, REFINE),
    "ungrouped": Queue(gettext_lazy("To be grouped"), selectors.questions_refined_ungrouped, GROUP),
    "all": Queue(gettext_lazy("All"), _all_standing, REFINE),
}


@refiners_only
def desk(request: SignedInRequest) -> HttpResponse:
    """Show the queue; on wide screens its first question stands open beside it."""
    queue = _queue_named(request.GET.get("queue"), "awaiting")
    first = QUEUES[queue].rows(request.user).first()
    return _desk_page(request, queue, first, act=QUEUES[queue].act, is_list=True)


@refiners_only
def desk_question(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a question of a queue, with the queue beside it."""
    queue = _queue_named(request.GET.get("queue"), "all")
    return _desk_page(request, queue, visible_question(request, number), act=_requested_act(request, queue))


@refiners_only
def refine(request: SignedInRequest, number: str) -> HttpResponse:
    """Restate a question; on the desk the next one follows."""
    question = visible_question(request, number)
    form = _refine_form(question, request)
    queue = _queue_named(request.POST.get("queue"))
    # Looked up before saving, since a restated question leaves the queue.
    next_number = _next_number(request.user, queue, question) if request.method == "POST" else ""
    if request.method == "POST" and form.is_valid():
        try:
            _save_refinement(request, question, form)
        # Before ValidationError, of which it is a subclass.
        except RecordChanged:
            form = _conflicting_form(request, question, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("%(number)s is restated.") % {"number": question.number})
            return _redirect_to_next(question, queue, next_number)
    return _work_page(request, question, act=REFINE, queue=queue, form=form)


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
    queue = _queue_named(request.POST.get("queue"))
    next_number = _next_number(request.user, queue, question) if request.method == "POST" else ""
    if request.method == "POST" and form.is_valid():
        try:
            cluster = _save_group(request, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            numbers = {"number": question.number, "cluster": cluster.number}
            messages.success(request, _("%(number)s is in %(cluster)s now.") % numbers)
            if not queue:
                return redirect(cluster.get_absolute_url())
            return _redirect_to_next(question, queue, next_number)
    return _work_page(request, question, act=GROUP, queue=queue, form=form)


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


def _queue_named(name: str | None, default: str = "") -> str:
    """Return the key of a queue that the address or form names, or `default`."""
    return name if name in QUEUES else default


def _requested_act(request: SignedInRequest, queue: str) -> str:
    act = request.GET.get("act")
    return act if act in (REFINE, GROUP) else QUEUES[queue].act


def _next_number(user: User, queue: str, question: Question) -> str:
    """Return the number of the question that comes next in a queue, or "" where it is empty."""
    if not queue:
        return ""
    numbers = list(QUEUES[queue].rows(user).values_list("number", flat=True))
    if question.number not in numbers:
        return numbers[0] if numbers else ""
    index = numbers.index(question.number)
    # After the last question the queue goes on with its first.
    remaining = numbers[index + 1 :] or numbers[:index]
    return remaining[0] if remaining else ""


def _redirect_to_next(question: Question, queue: str, next_number: str) -> HttpResponse:
    """Redirect to the next question of the queue, or to the question's page if it was not opened from one."""
    if not queue:
        return redirect(question.get_absolute_url())
    return redirect(_desk_url(next_number, queue))


def _desk_url(number: str, queue: str, **query: str) -> str:
    """Return the address of a question on the desk, or of the queue itself for an empty number."""
    base = reverse("inquiry:desk_question", args=[number]) if number else reverse("inquiry:desk")
    return f"{base}?{urlencode({'queue': queue, **query})}"


def _work_page(
    request: SignedInRequest, question: Question, *, act: str, queue: str, form: RefineForm | GroupForm
) -> HttpResponse:
    """Show the form again where it was sent from: on the desk, or on a page of its own."""
    if queue:
        return _desk_page(request, queue, question, act=act, form=form)
    context = _question_context(request, question, act, form) | {
        "queue": "",
        "refine_url": reverse("inquiry:refine", args=[question.number]),
        "group_url": reverse("inquiry:group", args=[question.number]),
        "breadcrumbs": [
            {"label": _("Questions"), "url": reverse("inquiry:questions")},
            {"label": question.number, "url": question.get_absolute_url()},
            {"label": _("Restate") if act == REFINE else pgettext("verb", "Group")},
        ],
    }
    return render(request, "inquiry/work.html", context)


def _desk_page(
    request: SignedInRequest,
    queue: str,
    question: Question | None,
    *,
    act: str,
    form: RefineForm | GroupForm | None = None,
    is_list: bool = False,
) -> HttpResponse:
    context = {
        "queue": queue,
        "tabs": [
            {
                "label": tab.label,
                "url": _desk_url("", name),
                "active": name == queue,
                "count": tab.rows(request.user).count(),
            }
            for name, tab in QUEUES.items()
        ],
        "is_list": is_list,
        **_queue_context(request, queue, question),
    }
    if question:
        context |= _question_context(request, question, act, form)
        context |= {
            "refine_url": _desk_url(question.number, queue, act=REFINE),
            "group_url": _desk_url(question.number, queue, act=GROUP),
        }
    return render(request, "inquiry/desk.html", context)


def _queue_context(request: SignedInRequest, queue: str, question: Question | None) -> dict[str, Any]:
    """Return the page of the queue that holds the open question, and the addresses of its neighbours."""
    rows = QUEUES[queue].rows(request.user)
    numbers = list(rows.values_list("number", flat=True))
    index = numbers.index(question.number) if question and question.number in numbers else None
    # Without a page in the address, the page that holds the open question.
    current = page_number_of(range(len(numbers)), index, PER_PAGE)
    page = page_of(request.GET, rows, PER_PAGE, default=current)
    before = numbers[index - 1] if index else ""
    after = numbers[index + 1] if index is not None and index + 1 < len(numbers) else ""
    return {
        "page_obj": page,
        "rows": _queue_rows(page.object_list, request.user, queue, question),
        "previous_url": _desk_url(before, queue) if before else "",
        "next_url": _desk_url(after, queue) if after else "",
        "position": index + 1 if index is not None else 0,
    }


def _queue_rows(
    questions: Iterable[Question], user: User, queue: str, current: Question | None
) -> list[dict[str, Any]]:
    return [
        {
            "number": presented.number,
            "title": presented.title,
            "lang": presented.lang,
            "url": _desk_url(presented.number, queue),
            "department": presented.department,
            "status": presented.status_label,
            "tone": presented.status_tone,
            "day": dates.day(presented.raised_on),
            "current": current is not None and presented.number == current.number,
        }
        for presented in selectors.presented_questions(questions, user)
    ]


def _question_context(
    request: SignedInRequest, question: Question, act: str, form: RefineForm | GroupForm | None = None
) -> dict[str, Any]:
    """Return what the page shows of a question, and the form for what is done with it."""
    presented = selectors.presented_question(question, request.user)
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
        "here": request.get_full_path()
        if request.method == "GET"
        else reverse(f"inquiry:{act}", args=[question.number]),
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
        "topics": list(question.topics.all()),
    }


def _group_form(question: Question, request: SignedInRequest) -> GroupForm:
    if request.method == "POST":
        return GroupForm(request.POST, user=request.user, question=question)
    title = question.public_title() or question.number
    return GroupForm(initial={"title": title}, user=request.user, question=question)
