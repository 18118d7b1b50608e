"""Lists of questions, and the page of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.models import TrainingSession
from courses.rules import can_view_session
from inquiry import rules, selectors
from inquiry.enums import Naming, QuestionKind, QuestionStatus
from inquiry.models import Question
from inquiry.views.records import visible_question
from inquiry.views.rows import own_question_rows, question_rows
from portal.foundation import dates
from portal.org.models import Department, Topic

PER_PAGE = 20


@login_required
def question_list(request: HttpRequest) -> HttpResponse:
    """All questions, newest first, by kind, department, session, status and topic."""
    visible = selectors.questions_visible_to(request.user)
    chosen = {
        name: request.GET.get(name, "") for name in ("kind", "department", "session", "status", "topic")
    }
    page = Paginator(_filtered(visible, chosen), PER_PAGE).get_page(request.GET.get("page"))
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
        items = Question.objects.filter(
            Q(topic_items__tag__slug=chosen["topic"]) | Q(topic_items__tag__parent__slug=chosen["topic"])
        )
        questions = questions.filter(pk__in=items.values("pk"))
    return questions


def _filters(chosen: dict[str, str]) -> list[dict]:
    """Select boxes of the list: name, label, options (value, label, is chosen)."""
    sessions = TrainingSession.objects.filter(questions__isnull=False).distinct().order_by("-number")
    choices = {
        "kind": (_("Kind"), _("All kinds"), QuestionKind.choices),
        "department": (
            _("Department"),
            _("All departments"),
            [(department.code, str(department)) for department in Department.objects.all()],
        ),
        "session": (
            _("Session"),
            _("All sessions"),
            [(session.number, str(session)) for session in sessions],
        ),
        "status": (_("Status"), _("All states"), QuestionStatus.choices),
        "topic": (
            _("Topic"),
            _("All topics"),
            [(topic.slug, str(topic)) for topic in Topic.objects.filter(merged_into__isnull=True)],
        ),
    }
    return [
        {
            "name": name,
            "label": label,
            "options": [
                {"value": value, "label": text, "chosen": value == chosen[name]}
                for value, text in [("", everything), *options]
            ],
        }
        for name, (label, everything, options) in choices.items()
    ]


@login_required
def my_questions(request: HttpRequest) -> HttpResponse:
    """One's own questions and what became of them."""
    page = Paginator(selectors.asked_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = own_question_rows(page.object_list, request.user)
    return render(request, "inquiry/my_questions.html", {"page_obj": page, "rows": rows})


def session_questions(request: HttpRequest, number: str) -> HttpResponse:
    """Fragment for a session's page: its newest questions and how many there are; nothing for visitors."""
    session = get_object_or_404(TrainingSession, number=number)
    visible = selectors.questions_visible_to(request.user).from_session(session)
    shown = can_view_session(request.user, session) and rules.can_view_question(request.user)
    context = {
        "session": session,
        "rows": question_rows(list(visible[:8]), request.user, with_snippet=False) if shown else [],
        "total": visible.count() if shown else 0,
        "shown": shown,
    }
    return render(request, "inquiry/session_questions.html", context)


@login_required
def question_page(request: HttpRequest, number: str) -> HttpResponse:
    """A question as raised and restated, and its way in both directions."""
    question = visible_question(request, number)
    user = request.user
    shown = selectors.as_shown(question, user)
    cluster = selectors.current_cluster(question)
    context = {
        "question": question,
        "shown": shown,
        "source": _source(shown),
        "citations": _each_once(selectors.citations_shown(question, user)),
        "links": selectors.linked_provisions(question),
        "stations": selectors.chain_of(question, user),
        "events": selectors.timeline(question, user),
        "cluster": cluster,
        "cluster_count": selectors.members(cluster).count() if cluster else 0,
        "dossiers": selectors.dossiers_of(question, user),
        "number": question.number,
        "voices": selectors.voices_of(question),
        "joined": selectors.has_me_too(user, question),
        "following": selectors.is_following(user, question),
        "is_asker": shown.is_asker,
        "can_withdraw": rules.can_withdraw(user, question, is_asker=shown.is_asker),
        "can_correct": rules.can_append_correction(user, question, is_asker=shown.is_asker),
        "can_refine": rules.can_refine(user),
        "can_group": rules.can_group(user),
        "can_reveal": rules.can_reveal_asker(user),
        "breadcrumbs": _breadcrumbs(question),
    }
    return render(request, "inquiry/question.html", context)


def _each_once(citations: list) -> list:
    """A citation that stands in the words as raised and in the restated form is listed once."""
    once = {}
    for citation in citations:
        known = once.get((citation.text, citation.url))
        if known is None or (citation.is_confirmed and not known.is_confirmed):
            once[(citation.text, citation.url)] = citation
    return list(once.values())


def _source(shown) -> list[str]:
    """Where, who and when, under the words as raised."""
    parts = [
        shown.activity,
        shown.session,
        _byline(shown),
        dates.day(shown.raised_on),
    ]
    return [str(part) for part in parts if part]


def _byline(shown) -> str:
    """A name or “Anonymous” says itself how the asker is named; an office alone does not."""
    if shown.naming != Naming.OFFICE:
        return shown.byline
    return shown.naming_label + pgettext("between label and text", ": ") + shown.byline


def _breadcrumbs(question: Question) -> list[dict]:
    items = [{"label": _("Questions"), "url": "/questions/"}]
    if question.session:
        items.insert(0, {"label": str(question.session), "url": question.session.get_absolute_url()})
    return [*items, {"label": question.number}]
