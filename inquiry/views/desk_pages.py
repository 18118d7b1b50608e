"""What the pages of the desk show: the queue on the left, one question and what is done with it on the right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inquiry import selectors
from inquiry.forms.citing import citations_in
from inquiry.forms.closing import CloseForm
from inquiry.forms.picking import PickForm
from inquiry.forms.refine import GroupForm, RefineForm
from inquiry.models import Question, QuestionClaim, Refinement
from inquiry.rules import can_undo
from inquiry.selectors import PresentedQuestion
from inquiry.selectors.queues import claim_on
from inquiry.services.undoing import has_moved_on
from inquiry.views.desk_lists import ACTS, CLOSE, GROUP, MAX_COUNTED, QUEUES, REFINE, DeskList, list_of
from inquiry.views.responses import safe_next_url
from inquiry.views.rows import CORRECTIONS_PER_PAGE, LINKS_PER_PAGE, selection_rows
from portal.foundation import dates
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.foundation.numerals import parse_primary_key
from portal.foundation.paging import page_of
from portal.org.models import User
from portal.org.requests import SignedInRequest

KEYS = {REFINE: "r", GROUP: "g", CLOSE: "x"}
ActForm = RefineForm | GroupForm | CloseForm


def work_page(
    request: SignedInRequest,
    question: Question,
    *,
    act: str,
    listed: DeskList | None,
    form: ActForm,
) -> HttpResponse:
    """Show the form again where it was sent from: on the desk, or on a page of its own."""
    if listed:
        return desk_page(request, listed, question, act=act, form=form)
    presented = selectors.presented_question(question, request.user)
    context = _question_context(request, presented, act, form, "") | {
        "act_tabs": _act_tabs({name: reverse(f"inquiry:{name}", args=[question.number]) for name in ACTS}),
        "act_url": f"{reverse(f'inquiry:{act}', args=[question.number])}#work",
        "is_listed": False,
        "breadcrumbs": [
            {"label": _("Questions"), "url": reverse("inquiry:questions")},
            {"label": question.number, "url": question.get_absolute_url()},
            {"label": act_label(act)},
        ],
    }
    return render(request, "inquiry/work.html", context | {"act_label": act_label(act)})


def _act_tabs(url_by_act: dict[str, str]) -> list[dict[str, str]]:
    """Return the acts as links, each with the key that leads to it."""
    return [
        {"act": act, "url": url, "label": act_label(act), "key": KEYS[act]} for act, url in url_by_act.items()
    ]


def act_label(act: str) -> str:
    return {
        REFINE: _("Restate"),
        GROUP: pgettext("verb", "Group"),
        CLOSE: pgettext("verb", "Close the question"),
    }[act]


def desk_page(
    request: SignedInRequest,
    listed: DeskList,
    question: Question | None,
    *,
    act: str,
    form: ActForm | None = None,
    is_list: bool = False,
) -> HttpResponse:
    queue_page = listed.page_with(question)
    rows = selectors.presented_questions(queue_page.questions, request.user)
    # The open question stands in the list as a rule, and is not read a second time.
    presented = next((row for row in rows if is_list or row.question == question), None)
    if question and presented is None:
        presented = selectors.presented_question(question, request.user)
    listed_rows = _queue_rows(rows, listed, presented)
    context = {
        "queue": listed.name,
        "tabs": _queue_tabs(listed, queue_page.counts),
        "is_list": is_list,
        "filter_form": listed.form.offer(),
        "chips": listed.chips(),
        "clear_url": f"{reverse('inquiry:desk')}?{urlencode({'queue': listed.name})}",
        "list_url": listed.url(),
        "page_obj": queue_page.page,
        "rows": listed_rows,
        "previous_url": listed.url(queue_page.previous) if queue_page.previous else "",
        "next_url": listed.url(queue_page.next) if queue_page.next else "",
        "position": queue_page.position,
        "queue_count": queue_page.counts[listed.name],
        "max_counted": MAX_COUNTED,
    }
    if presented:
        context |= _question_context(request, presented, act, form, listed.query_string())
        context |= {
            "act_tabs": _act_tabs({name: listed.url(presented.number, act=name) for name in ACTS}),
            "act_url": listed.act_url(act, presented.number),
            "is_listed": True,
        }
    return render(request, "inquiry/desk.html", context)


def _queue_tabs(listed: DeskList, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return the queues as tabs, each as far as the filter lets it through."""
    return [
        {
            "label": queue.label,
            "url": f"{reverse('inquiry:desk')}?{urlencode({'queue': name, **listed.narrowing})}",
            "active": name == listed.name,
            "count": counts[name],
        }
        for name, queue in QUEUES.items()
    ]


def _queue_rows(
    rows: Iterable[PresentedQuestion], listed: DeskList, current: PresentedQuestion | None
) -> list[dict[str, Any]]:
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
            "voices": presented.question.voices,
            "claim": claim_on(presented.question),
            "is_mine": _is_of(claim_on(presented.question), listed.user),
            "current": presented == current,
        }
        for presented in rows
    ]


def _is_of(claim: QuestionClaim | None, user: User) -> bool:
    return claim is not None and claim.claimed_by_id == user.pk


def claim_context(question: Question, user: User, list_query: str) -> dict[str, Any]:
    """Return who works on a question, for `inquiry/claim.html`."""
    claim = claim_on(question)
    return {
        "number": question.number,
        "claim": claim,
        "is_mine": _is_of(claim, user),
        "claim_url": f"{reverse('inquiry:claim', args=[question.number])}?{list_query}",
    }


def _question_context(
    request: SignedInRequest,
    presented: PresentedQuestion,
    act: str,
    form: ActForm | None,
    list_query: str,
) -> dict[str, Any]:
    """Return what the page shows of a question, and the form for what is done with it; `list_query` names the list."""
    question, user = presented.question, request.user
    if form is None:
        form = FORMS[act](question, request)
    parts = (presented.activity, presented.session, presented.byline, dates.day(presented.raised_on))
    return {
        "question": question,
        "presented": presented,
        "source": [str(part) for part in parts if part],
        **_law_context(request, presented),
        "corrections_page": page_of(request.GET, presented.corrections, CORRECTIONS_PER_PAGE, "corrections"),
        "cluster": selectors.current_cluster(question),
        "voices": question.voices,
        "refinement": question.current_refinement(),
        "can_undo": _can_undo(question, request.user),
        "list_query": list_query,
        **claim_context(question, user, list_query),
        "act": act,
        "form": form,
        "chosen": selection_rows(form.chosen, request.user) if isinstance(form, PickForm) else [],
        # After a POST with errors, the address of the form itself, which opens by GET as well.
        "here": request.get_full_path(),
    }


def _law_context(request: SignedInRequest, presented: PresentedQuestion) -> dict[str, Any]:
    linked = selectors.linked_provisions(presented.question)
    return {
        "citations": selectors.presented_citations(presented),
        "links_page": page_of(request.GET, linked, LINKS_PER_PAGE, "links"),
    }


def law_fragment(request: SignedInRequest, question: Question, errors: list[str]) -> HttpResponse:
    """Return the law that a question concerns, for the page that is open: what is typed there stays."""
    listed = list_of(request)
    presented = selectors.presented_question(question, request.user)
    context = _law_context(request, presented) | {
        "presented": presented,
        "list_query": listed.query_string() if listed else "",
        "here": safe_next_url(request, reverse("inquiry:refine", args=[question.number])),
        "level": 2 if listed else 1,
        "errors": errors,
    }
    return render(request, "inquiry/work_law.html", context)


def _can_undo(question: Question, user: User) -> bool:
    """Return whether a person may still take back the restated form that stands."""
    refinement = question.current_refinement()
    if refinement is None or refinement.author_id != user.pk:
        return False
    return can_undo(refinement.created_at, timezone.now()) and not has_moved_on(question, refinement)


def refine_form(question: Question, request: SignedInRequest) -> RefineForm:
    if request.method == "POST":
        texts = citations_in(question.text, request.POST.get("text", "")[:MAX_TEXT_CHARS])
        return RefineForm(request.POST, citations=texts)
    refinement = question.current_refinement()
    words = restated_words(question, refinement)
    initial = {
        **words,
        "names_real": question.names_real,
        "citations": list(question.confirmed_citations.values_list("text", flat=True)),
        **_words_taken_back(question, request),
        "expected_revision": refinement.version if refinement else 0,
    }
    return RefineForm(initial=initial, citations=citations_in(question.text, initial["text"]))


def _words_taken_back(question: Question, request: SignedInRequest) -> dict[str, Any]:
    """Return what a person saved and took back just now, to go on from there."""
    key = parse_primary_key(request.GET.get("restore", ""))
    if key is None:
        return {}
    own = question.refinements.filter(pk=key, author=request.user.pk, undone_at__isnull=False)
    refinement = own.first()
    if refinement is None or not can_undo(refinement.created_at, timezone.now()):
        return {}
    return {"title": refinement.title, "text": refinement.text, **refinement.replaced.get("taken_back", {})}


def restated_words(question: Question, refinement: Refinement | None) -> dict[str, Any]:
    """Return what the form shows of the restated form, or of the original while there is none."""
    return {
        "title": refinement.title if refinement else question.title,
        "text": refinement.text if refinement else question.text,
        "topics": [item.tag for item in question.topic_items.all()],
    }


def group_form(question: Question, request: SignedInRequest) -> GroupForm:
    if request.method == "POST":
        return GroupForm(request.POST, user=request.user, question=question)
    title = question.public_title() or question.number
    return GroupForm(initial={"title": title}, user=request.user, question=question)


def close_form(question: Question, request: SignedInRequest) -> CloseForm:
    if request.method == "POST":
        return CloseForm(request.POST, user=request.user, question=question)
    refinement = question.current_refinement()
    initial = {"expected_revision": refinement.version if refinement else 0}
    return CloseForm(initial=initial, user=request.user, question=question)


FORMS = {REFINE: refine_form, GROUP: group_form, CLOSE: close_form}
