"""The analyst's desk: questions that wait on the left, one of them and what is done with it on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
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
from inquiry.forms.refine import GroupForm, LinkForm, RefineForm, citation_options
from inquiry.models import LinkedProvision, Question
from inquiry.services import clusters, refinements
from inquiry.views.chosen import chosen_rows
from inquiry.views.records import groupers_only, refiners_only, visible_question
from inquiry.views.responses import add_error_messages, redirect_back
from portal.foundation import dates
from portal.foundation.limits import MAX_TEXT_CHARS

PER_PAGE = 30
REFINE, GROUP = "refine", "group"


@dataclass(frozen=True)
class Queue:
    """A list of work: what is in it, and what is done with a question that is opened from it."""

    label: str | Promise
    rows: Callable[..., QuerySet[Question]]
    act: str


def _all_standing(user) -> QuerySet[Question]:
    return selectors.questions_visible_to(user).standing().order_by("-raised_on", "-number")


QUEUES = {
    "awaiting": Queue(gettext_lazy("To be refined"), selectors.questions_awaiting_refinement, REFINE),
    "ungrouped": Queue(gettext_lazy("To be grouped"), selectors.questions_refined_ungrouped, GROUP),
    "all": Queue(gettext_lazy("All"), _all_standing, REFINE),
}


@refiners_only
def desk(request: HttpRequest) -> HttpResponse:
    """The queue; on wide screens its first question stands open beside it."""
    queue = _queue_named(request.GET.get("queue"), "awaiting")
    first = QUEUES[queue].rows(request.user).first()
    return _desk_page(request, queue, first, act=QUEUES[queue].act, is_list=True)


@refiners_only
def desk_question(request: HttpRequest, number: str) -> HttpResponse:
    queue = _queue_named(request.GET.get("queue"), "all")
    return _desk_page(request, queue, visible_question(request, number), act=_act(request, queue))


@refiners_only
def refine(request: HttpRequest, number: str) -> HttpResponse:
    """Restate a question; from the desk it goes on with the next one."""
    question = visible_question(request, number)
    form = _refine_form(question, request)
    queue = _queue_named(request.POST.get("queue"))
    following = _following(request.user, queue, question) if request.method == "POST" else None
    if request.method == "POST" and form.is_valid():
        try:
            _save_refinement(request, question, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("%(number)s is restated.") % {"number": question.number})
            return _go_on(question, queue, following)
    return _work_page(request, question, act=REFINE, queue=queue, form=form)


def _save_refinement(request: HttpRequest, question: Question, form: RefineForm) -> None:
    data = form.cleaned_data
    refinements.refine_question(
        question=question,
        title=data["title"],
        text=data["text"],
        topics=data["topics"],
        names_real=data["names_real"],
        confirmed_citations=data["citations"],
        actor=request.user,
    )


@groupers_only
def group(request: HttpRequest, number: str) -> HttpResponse:
    """Put a question together with others that ask the same."""
    question = visible_question(request, number)
    form = _group_form(question, request)
    queue = _queue_named(request.POST.get("queue"))
    following = _following(request.user, queue, question) if request.method == "POST" else None
    if request.method == "POST" and form.is_valid():
        try:
            cluster = _save_group(request, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            told = {"number": question.number, "cluster": cluster.number}
            messages.success(request, _("%(number)s is in %(cluster)s now.") % told)
            return _go_on(question, queue, following) if queue else redirect(cluster.get_absolute_url())
    return _work_page(request, question, act=GROUP, queue=queue, form=form)


def _save_group(request: HttpRequest, form: GroupForm):
    data = form.cleaned_data
    common = {"questions": data["questions"], "reason": data["reason"], "actor": request.user}
    if data["cluster"]:
        return clusters.add_questions(cluster=data["cluster"], **common)
    return clusters.create_cluster(title=data["title"], lang=form.question.lang, **common)


@refiners_only
@require_POST
def found_citations(request: HttpRequest, number: str) -> HttpResponse:
    """Fragment: citations of the original and of what is being typed, to be confirmed."""
    question = visible_question(request, number)
    texts = citations_in(question.text, request.POST.get("text", "")[:MAX_TEXT_CHARS])
    options = citation_options(texts, request.POST.getlist("citations"))
    return render(request, "inquiry/desk_citations.html", {"options": options})


@refiners_only
@require_POST
def link_provision(request: HttpRequest, number: str) -> HttpResponse:
    question = visible_question(request, number)
    form = LinkForm(request.POST, user=request.user)
    if form.is_valid():
        for provision in form.cleaned_data["found"].provisions:
            refinements.link_provision(question=question, provision=provision, actor=request.user)
        messages.success(request, _("Linked to %(number)s.") % {"number": question.number})
    else:
        add_error_messages(
            request, ValidationError([each for errors in form.errors.values() for each in errors])
        )
    return redirect_back(request, reverse("inquiry:refine", args=[number]))


@refiners_only
@require_POST
def unlink_provision(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    link = get_object_or_404(LinkedProvision, pk=pk, question=visible_question(request, number))
    refinements.unlink_provision(link=link, actor=request.user)
    messages.success(request, _("The article is no longer linked."))
    return redirect_back(request, reverse("inquiry:refine", args=[number]))


def _queue_named(name: str | None, otherwise: str = "") -> str:
    return name if name in QUEUES else otherwise


def _act(request: HttpRequest, queue: str) -> str:
    wanted = request.GET.get("act")
    return wanted if wanted in (REFINE, GROUP) else QUEUES[queue].act


def _following(user, queue: str, question: Question) -> str:
    """The number of the question that comes next in a queue, or "" where nothing is left."""
    if not queue:
        return ""
    numbers = list(QUEUES[queue].rows(user).values_list("number", flat=True))
    if question.number not in numbers:
        return numbers[0] if numbers else ""
    place = numbers.index(question.number)
    rest = numbers[place + 1 :] or numbers[:place]
    return rest[0] if rest else ""


def _go_on(question: Question, queue: str, following: str | None) -> HttpResponse:
    if not queue:
        return redirect(question.get_absolute_url())
    if not following:
        return redirect(_address("", queue))
    return redirect(_address(following, queue))


def _address(number: str, queue: str, **more: str) -> str:
    base = reverse("inquiry:desk_question", args=[number]) if number else reverse("inquiry:desk")
    return f"{base}?{urlencode({'queue': queue, **more})}"


def _work_page(request: HttpRequest, question: Question, *, act: str, queue: str, form) -> HttpResponse:
    """The form where it was sent from: on the desk, or on a page of its own."""
    if queue:
        return _desk_page(request, queue, question, act=act, form=form)
    context = _pane(request, question, act, form) | {
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
    request: HttpRequest, queue: str, question: Question | None, *, act: str, form=None, is_list: bool = False
) -> HttpResponse:
    context = {
        "queue": queue,
        "tabs": [
            {
                "label": each.label,
                "url": _address("", name),
                "active": name == queue,
                "count": each.rows(request.user).count(),
            }
            for name, each in QUEUES.items()
        ],
        "is_list": is_list,
        **_listed(request, queue, question),
    }
    if question:
        context |= _pane(request, question, act, form)
        context |= {
            "refine_url": _address(question.number, queue, act=REFINE),
            "group_url": _address(question.number, queue, act=GROUP),
        }
    return render(request, "inquiry/desk.html", context)


def _listed(request: HttpRequest, queue: str, question: Question | None) -> dict:
    """The page of the queue on which the open question stands, and its neighbours."""
    rows = QUEUES[queue].rows(request.user)
    numbers = list(rows.values_list("number", flat=True))
    place = numbers.index(question.number) if question and question.number in numbers else None
    wanted = request.GET.get("page") or (place // PER_PAGE + 1 if place is not None else 1)
    page = Paginator(rows, PER_PAGE).get_page(wanted)
    before = numbers[place - 1] if place else ""
    after = numbers[place + 1] if place is not None and place + 1 < len(numbers) else ""
    return {
        "page_obj": page,
        "rows": _rows(page.object_list, request.user, queue, question),
        "previous_url": _address(before, queue) if before else "",
        "next_url": _address(after, queue) if after else "",
        "place": place + 1 if place is not None else 0,
    }


def _rows(questions, user, queue: str, current: Question | None) -> list[dict]:
    return [
        {
            "number": shown.number,
            "title": shown.title,
            "lang": shown.lang,
            "url": _address(shown.number, queue),
            "department": shown.department,
            "status": shown.status_label,
            "tone": shown.status_tone,
            "day": dates.day(shown.raised_on),
            "current": bool(current) and shown.number == current.number,
        }
        for shown in selectors.show_all(questions, user)
    ]


def _pane(request: HttpRequest, question: Question, act: str, form=None) -> dict:
    shown = selectors.as_shown(question, request.user)
    form = form or (_refine_form if act == REFINE else _group_form)(question, request)
    parts = (shown.activity, shown.session, shown.byline, dates.day(shown.raised_on))
    return {
        "question": question,
        "shown": shown,
        "source": [str(part) for part in parts if part],
        "citations": selectors.citations_shown(question, request.user),
        "links": selectors.linked_provisions(question),
        "cluster": selectors.current_cluster(question),
        "voices": selectors.voices_of(question),
        "refinement": question.current_refinement(),
        "act": act,
        "form": form,
        "chosen": chosen_rows(form.chosen, request.user) if act == GROUP else [],
        "here": request.get_full_path()
        if request.method == "GET"
        else reverse(f"inquiry:{act}", args=[question.number]),
    }


def _refine_form(question: Question, request: HttpRequest) -> RefineForm:
    if request.method == "POST":
        texts = citations_in(question.text, request.POST.get("text", "")[:MAX_TEXT_CHARS])
        return RefineForm(request.POST, citations=texts)
    refinement = question.current_refinement()
    initial = {
        "title": refinement.title if refinement else question.title,
        "text": refinement.text if refinement else question.text,
        "topics": list(question.topics.all()),
        "names_real": question.names_real,
        "citations": list(question.confirmed_citations.values_list("text", flat=True)),
    }
    return RefineForm(initial=initial, citations=citations_in(question.text, initial["text"]))


def _group_form(question: Question, request: HttpRequest) -> GroupForm:
    if request.method == "POST":
        return GroupForm(request.POST, user=request.user, question=question)
    title = question.public_title() or question.number
    return GroupForm(initial={"title": title}, user=request.user, question=question)
