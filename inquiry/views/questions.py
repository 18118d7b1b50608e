"""Lists of questions, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet, TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.models import TrainingSession
from courses.rules import can_view_session
from inquiry import rules, selectors
from inquiry.enums import Naming, QuestionKind, QuestionStatus
from inquiry.models import Question
from inquiry.selectors import PresentedCitation, PresentedQuestion
from inquiry.views.ask import was_just_raised
from inquiry.views.records import visible_question
from inquiry.views.rows import (
    CORRECTIONS_PER_PAGE,
    EVENTS_PER_PAGE,
    LINKS_PER_PAGE,
    counted_dossiers_page,
    own_question_rows,
    question_rows,
)
from portal.foundation import dates
from portal.foundation.paging import page_number_of, page_of
from portal.org.models import Department, Topic
from portal.org.requests import SignedInRequest

PER_PAGE = 20
# A filter with more options is typed: by the number of a session, the name of a topic.
MAX_OPTIONS = 200
MAX_SESSION_ROWS = 8


@login_required
def question_list(request: SignedInRequest) -> HttpResponse:
    """Show all questions, newest first, filtered by kind, department, session, status and topic."""
    visible = selectors.questions_visible_to(request.user)
    chosen = {
        name: request.GET.get(name, "") for name in ("kind", "department", "session", "status", "topic")
    }
    page = page_of(request.GET, _filtered(visible, chosen), PER_PAGE)
    context = {
        "page_obj": page,
        "rows": question_rows(page.object_list, request.user),
        "filters": _filters(chosen),
        "chosen": [value for value in chosen.values() if value],
        "can_import": rules.can_import_questions(request.user),
        "is_analyst": rules.can_refine(request.user),
    }
    return render(request, "inquiry/questions.html", context)


def _filtered(questions: QuerySet[Question], chosen: dict[str, str]) -> QuerySet[Question]:
    lookups = {
        "kind": "kind",
        "department": "department__code",
        "session": "session__number",
        "status": "status",
    }
    for name, lookup in lookups.items():
        if chosen[name]:
            questions = questions.filter(**{lookup: chosen[name]})
    if chosen["topic"]:
        # A subquery: the join to topics would list a question once for each of them.
        topics = Topic.objects.filter(
            Q(slug=chosen["topic"]) | Q(name=chosen["topic"]) | Q(name_en__iexact=chosen["topic"])
        )
        items = Question.objects.filter(
            Q(topic_items__tag__in=topics) | Q(topic_items__tag__parent__in=topics)
        )
        questions = questions.filter(pk__in=items.values("pk"))
    return questions


def _label_pairs(choices: type[TextChoices]) -> list[tuple[str, str]]:
    return [(str(choice), str(choice.label)) for choice in choices]


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Return the fields of the filter: {name, label, value, is_typed, options: [{value, label, chosen}]}.

    A field with very many options is typed, and offers the first of them.
    """
    sessions = TrainingSession.objects.filter(questions__isnull=False).distinct().order_by("-number")
    topics = Topic.objects.filter(merged_into__isnull=True)
    choices: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
        "kind": (_("Kind"), _("All kinds"), _label_pairs(QuestionKind)),
        "department": (
            _("Department"),
            _("All departments"),
            [(department.code, str(department)) for department in Department.objects.all()],
        ),
        "session": (
            _("Session"),
            _("All sessions"),
            [(session.number, str(session)) for session in sessions[: MAX_OPTIONS + 1]],
        ),
        "status": (_("Status"), _("All states"), _label_pairs(QuestionStatus)),
        "topic": (
            _("Topic"),
            _("All topics"),
            [(topic.slug, str(topic)) for topic in topics[: MAX_OPTIONS + 1]],
        ),
    }
    return [
        {
            "name": name,
            "label": label,
            "value": chosen[name],
            "is_typed": len(options) > MAX_OPTIONS,
            "options": [
                {"value": value, "label": text, "chosen": value == chosen[name]}
                for value, text in [("", unfiltered), *options[:MAX_OPTIONS]]
            ],
        }
        for name, (label, unfiltered, options) in choices.items()
    ]


@login_required
def my_questions(request: SignedInRequest) -> HttpResponse:
    """Show a person their own questions and what became of them."""
    page = page_of(request.GET, selectors.questions_asked_by(request.user), PER_PAGE)
    rows = own_question_rows(page.object_list, request.user)
    held_page = page_of(request.GET, selectors.held_submissions_of(request.user), PER_PAGE, "held")
    context = {"page_obj": page, "rows": rows, "held_page": held_page}
    return render(request, "inquiry/my_questions.html", context)


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
    question = visible_question(request, number)
    user = request.user
    presented = selectors.presented_question(question, user)
    stations = selectors.chain_of(question, user)
    events = selectors.earlier_steps(question)
    # The latest of them stand on the last page, which is shown first.
    last_page = page_number_of(range(len(events)), len(events) - 1, EVENTS_PER_PAGE)
    context = {
        "question": question,
        "presented": presented,
        "corrections_page": page_of(request.GET, presented.corrections, CORRECTIONS_PER_PAGE, "corrections"),
        "source": _source_line(presented),
        "citations": _distinct_citations(selectors.presented_citations(question, user)),
        "links_page": page_of(request.GET, selectors.linked_provisions(question), LINKS_PER_PAGE, "links"),
        "stations": stations,
        "events_page": page_of(request.GET, events, EVENTS_PER_PAGE, "events", default=last_page),
        "dossiers_page": counted_dossiers_page(request, question, stations),
        "number": question.number,
        "voices": selectors.question_voices(question),
        "joined": selectors.has_me_too(user, question),
        "following": selectors.is_following(user, question),
        "is_asker": presented.is_asker,
        "is_just_raised": presented.is_asker and was_just_raised(request, question),
        "can_withdraw": rules.can_withdraw(user, question, is_asker=presented.is_asker),
        "can_correct": rules.can_append_correction(user, question, is_asker=presented.is_asker),
        "can_refine": rules.can_refine(user),
        "can_group": rules.can_group(user),
        "can_close": rules.can_close(user),
        "can_request_identity": rules.can_request_identity(user),
        "breadcrumbs": _breadcrumbs(question),
    }
    return render(request, "inquiry/question.html", context)


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
