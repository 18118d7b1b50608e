"""Lists of questions, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.models import TrainingSession
from courses.rules import can_view_session
from inquiry import rules, selectors
from inquiry.enums import Naming, QuestionSort
from inquiry.models import Question
from inquiry.selectors import PresentedCitation, PresentedQuestion
from inquiry.selectors.narrowing import (
    QuestionFilter,
    narrowed_questions,
    question_facets,
    sorted_questions,
)
from inquiry.views.ask import was_just_raised
from inquiry.views.narrowing import chosen_values, facets_of, sorts_of, typed_values
from inquiry.views.rows import (
    CORRECTIONS_PER_PAGE,
    EVENTS_PER_PAGE,
    LINKS_PER_PAGE,
    counted_dossiers_page,
    own_question_rows,
    question_rows,
)
from norms.selectors.spans import Span, spans_of_rows
from portal.foundation import dates
from portal.foundation.counting import count_each
from portal.foundation.paging import page_number_of, page_of
from portal.org.models import User
from portal.org.requests import SignedInRequest

PER_PAGE = 20
MAX_SESSION_ROWS = 8
# Lists of one's own page: what one asked, has too, and follows.
ASKED, GROUPED, IN_DOSSIERS, JOINED, FOLLOWED = "asked", "grouped", "in_dossiers", "joined", "followed"
OWN_LISTS = (ASKED, GROUPED, IN_DOSSIERS)


@login_required
def question_list(request: SignedInRequest) -> HttpResponse:
    """Show all questions, narrowed by what each row prints, in the order of a `QuestionSort`."""
    chosen = QuestionFilter(
        **chosen_values(request.GET, ("kind", "status", "department", "session", "topic"))
    )
    questions = narrowed_questions(selectors.questions_visible_to(request.user), chosen)
    page = page_of(request.GET, sorted_questions(questions, request.GET.get("sort", "")), PER_PAGE)
    rows = question_facets(request.user, chosen, page.paginator.count)
    context = {
        "page_obj": page,
        "rows": question_rows(page.object_list, request.user),
        "facets": facets_of(request.GET, rows),
        "sorts": sorts_of(request.GET, QuestionSort),
        "typed": typed_values(request.GET, rows),
        "chosen": chosen,
        "can_import": rules.can_import_questions(request.user),
    }
    return render(request, "inquiry/questions.html", context)


@login_required
def my_questions(request: SignedInRequest) -> HttpResponse:
    """Show a person their own questions and what became of them, or those that they have too or follow."""
    user = request.user
    lists = {
        ASKED: selectors.questions_asked_by(user),
        GROUPED: selectors.own_questions_grouped(user),
        IN_DOSSIERS: selectors.own_questions_in_dossiers(user),
        JOINED: selectors.questions_joined_by(user),
        FOLLOWED: selectors.questions_followed_by(user),
    }
    requested = request.GET.get("list", "")
    current = requested if requested in lists else ASKED
    counts = count_each(lists)
    page = page_of(request.GET, lists[current], PER_PAGE, count=counts[current])
    context = {
        "list_name": current,
        "tabs": _own_tabs(current, counts),
        "steps": _own_steps(current, counts) if current in OWN_LISTS and counts[ASKED] else [],
        "page_obj": page,
        "rows": own_question_rows(page.object_list, user)
        if current in OWN_LISTS
        else question_rows(page.object_list, user),
        "held_page": page_of(request.GET, selectors.held_submissions_of(user), PER_PAGE, "held"),
    }
    return render(request, "inquiry/my_questions.html", context)


def _own_tabs(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {ASKED: _("Raised by me"), JOINED: _("I have them too"), FOLLOWED: _("Followed")}
    return [
        {
            "label": label,
            "url": "?" if name == ASKED else f"?list={name}",
            "active": name == (ASKED if current in OWN_LISTS else current),
            "count": counts[name],
        }
        for name, label in labels.items()
    ]


def _own_steps(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return the lists of own questions by the step they reached, as `components/sort.html` draws them."""
    labels = {ASKED: _("All"), GROUPED: _("Grouped"), IN_DOSSIERS: _("In dossiers")}
    return [
        {
            "label": f"{label} {counts[name]}",
            "url": "?" if name == ASKED else f"?list={name}",
            "active": name == current,
        }
        for name, label in labels.items()
    ]


def session_questions(request: HttpRequest, number: str) -> HttpResponse:
    """Return a fragment for a session's page: its newest questions and their number; nothing for visitors."""
    session = get_object_or_404(TrainingSession, number=number)
    visible = selectors.questions_visible_to(request.user).from_session(session)
    is_allowed = can_view_session(request.user, session) and rules.can_view_question(request.user)
    context = {
        "session": session,
        "rows": question_rows(visible[:MAX_SESSION_ROWS], request.user, with_snippet=False)
        if is_allowed
        else [],
        "total": visible.count() if is_allowed else 0,
        "is_visible": is_allowed,
    }
    return render(request, "inquiry/session_questions.html", context)


@login_required
def question_page(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a question as raised and restated, and its way in both directions."""
    user = request.user
    question = get_object_or_404(
        selectors.with_page_data(selectors.questions_visible_to(user), user), number=number
    )
    presented = selectors.presented_question(question, user)
    items = selectors.items_of(question)
    stations = selectors.chain_of(presented, user, items)
    events = selectors.earlier_steps(question)
    # The latest of them stand on the last page, which is shown first.
    last_page = page_number_of(range(len(events)), len(events) - 1, EVENTS_PER_PAGE)
    context = {
        "question": question,
        "presented": presented,
        "corrections_page": page_of(request.GET, presented.corrections, CORRECTIONS_PER_PAGE, "corrections"),
        "source": _source_line(presented),
        **_citations_context(presented),
        "links_page": page_of(
            request.GET,
            selectors.linked_provisions(question),
            LINKS_PER_PAGE,
            "links",
            count=question.links_count,
        ),
        "stations": stations,
        "events_page": page_of(request.GET, events, EVENTS_PER_PAGE, "events", default=last_page),
        "dossiers_page": counted_dossiers_page(request, question, stations, items),
        "number": question.number,
        "voices": question.voices,
        "joined": question.is_joined,
        "following": question.is_followed,
        "is_asker": presented.is_asker,
        "is_just_raised": presented.is_asker and was_just_raised(request, question),
        **_permissions_context(user, presented),
        "breadcrumbs": _breadcrumbs(question),
    }
    return render(request, "inquiry/question.html", context)


def _citations_context(presented: PresentedQuestion) -> dict[str, Any]:
    citations = selectors.presented_citations(presented)
    return {
        "citations": _distinct_citations(citations),
        "raised_spans": _spans(citations, "raised"),
        "refined_spans": _spans(citations, "refined"),
    }


def _permissions_context(user: User, presented: PresentedQuestion) -> dict[str, bool]:
    question, is_asker = presented.question, presented.is_asker
    return {
        "can_withdraw": rules.can_withdraw(user, question, is_asker=is_asker),
        "can_correct": rules.can_append_correction(user, question, is_asker=is_asker),
        "can_refine": rules.can_refine(user),
        "can_group": rules.can_group(user),
        "can_close": rules.can_close(user),
        "can_request_identity": rules.can_request_identity(user),
    }


def _spans(citations: Iterable[PresentedCitation], where: str) -> list[Span]:
    """Return the links in the words of a question: as raised, or as restated."""
    rows = (citation.citation for citation in citations if citation.where == where)
    return spans_of_rows(row for row in rows if row.field == "text")


def _distinct_citations(citations: Iterable[PresentedCitation]) -> list[PresentedCitation]:
    """Return each citation once, though both forms of the question have it; confirmed if either is."""
    by_target: dict[tuple[str, str], PresentedCitation] = {}
    for citation in citations:
        previous = by_target.get((citation.text, citation.url))
        if previous is None or (citation.is_confirmed and not previous.is_confirmed):
            by_target[(citation.text, citation.url)] = citation
    return list(by_target.values())


def _source_line(presented: PresentedQuestion) -> list[str]:
    """Return activity, session, asker and day, as they stand under the words as raised."""
    parts = [
        presented.activity,
        presented.session,
        _byline(presented),
        dates.day(presented.raised_on),
    ]
    return [str(part) for part in parts if part]


def _byline(presented: PresentedQuestion) -> str:
    """Return the byline; before an office alone, also how the asker chose to be named."""
    # A name or “Anonymous” says by itself how the asker is named; an office does not.
    if presented.naming != Naming.OFFICE:
        return presented.byline
    return presented.naming_label + pgettext("between label and text", ": ") + presented.byline


def _breadcrumbs(question: Question) -> list[dict[str, Any]]:
    items = [{"label": _("Questions"), "url": "/questions/"}]
    if question.session:
        items.insert(0, {"label": str(question.session), "url": question.session.get_absolute_url()})
    return [*items, {"label": question.number}]
