"""The list that a question on the desk was opened from: its queue, its filter, its page; addresses carry all three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from inquiry import selectors
from inquiry.forms.desk_filters import DeskFilterForm
from inquiry.models import Question
from inquiry.selectors.cached_counts import cached_until_logged
from inquiry.selectors.queues import after, before, narrowed, unclaimed, with_claims
from portal.foundation.counting import count_each
from portal.foundation.numerals import parse_primary_key
from portal.org.models import User
from portal.org.requests import SignedInRequest

PER_PAGE = 30
# Questions that are counted before the open one; where more stand, its position is not told.
MAX_COUNTED = 1_000
BEFORE = "before"
REFINE, GROUP, CLOSE = "refine", "group", "close"
ACTS = (REFINE, GROUP, CLOSE)


@dataclass(frozen=True)
class Queue:
    """A list of work: what is in it, and what is done with a question that is opened from it."""

    label: str | Promise
    rows: Callable[..., QuerySet[Question]]
    act: str
    newest_first: bool = False


def _all_standing(user: User) -> QuerySet[Question]:
    return selectors.questions_visible_to(user).standing().order_by("-raised_on", "-number")


QUEUES = {
    "awaiting": Queue(gettext_lazy("To be refined"), selectors.questions_awaiting_refinement, REFINE),
    "ungrouped": Queue(gettext_lazy("To be grouped"), selectors.questions_refined_ungrouped, GROUP),
    "all": Queue(gettext_lazy("All"), _all_standing, REFINE, newest_first=True),
}


@dataclass(frozen=True)
class QueuePage:
    """A page of a queue with the position of one question, and the numbers of its neighbours, "" where there is none.

    `position` counts from 1 through the whole queue and is 0 for a question that is not in it, or of which nobody has
    counted how far down it stands (`MAX_COUNTED`): then `page` is None, and `questions` are those around it. `counts` are
    the sizes of all queues by name, each as far as the filter lets it through.
    """

    page: Page | None
    counts: dict[str, int]
    questions: list[Question]
    position: int
    previous: str
    next: str


class DeskList:
    """A queue as one analyst has narrowed it."""

    def __init__(self, name: str, query: QueryDict, user: User) -> None:
        self.name, self.query, self.user = name, query, user
        self.queue = QUEUES[name]
        self.form = DeskFilterForm(query)
        self.filter = self.form.filter

    @cached_property
    def rows(self) -> QuerySet[Question]:
        return narrowed(self.queue.rows(self.user), self.filter, self.user)

    @property
    def narrowing(self) -> dict[str, str]:
        """Return what narrows the list, as the address says it."""
        return {name: str(value) for name, value in vars(self.filter).items() if value}

    def url(self, number: str = "", **more: Any) -> str:
        """Return the address of a question in this list, or of the list itself."""
        base = reverse("inquiry:desk_question", args=[number]) if number else reverse("inquiry:desk")
        return f"{base}?{self.query_string(**more)}"

    def chips(self) -> list[dict[str, Any]]:
        """Return what narrows the list (`components/chips.html`), once the form offers its choices."""
        return [
            {
                "title": self.form.fields[name].label,
                "label": self.form.label_of(name, value),
                "url": self._without(name),
            }
            for name, value in self.narrowing.items()
        ]

    def _without(self, name: str) -> str:
        remaining = {key: value for key, value in self.narrowing.items() if key != name}
        return f"{reverse('inquiry:desk')}?{urlencode({'queue': self.name, **remaining})}"

    def query_string(self, **more: Any) -> str:
        return urlencode({"queue": self.name, **self.narrowing, **more})

    def act_url(self, act: str, number: str) -> str:
        """Return the address that a form of this list is sent to; an answer with errors opens at the form."""
        page = {"page": self.asked_page} if self.asked_page else {}
        return f"{reverse(f'inquiry:{act}', args=[number])}?{self.query_string(**page)}#work"

    @property
    def asked_page(self) -> int:
        return parse_primary_key(self.query.get("page", "")) or 0

    def page_with(self, question: Question | None) -> QueuePage:
        """Return the page of the list that the address asks for, else the one that holds the question.

        Without a question it is that of the first row of the page.
        """
        counts = self._counts(question)
        paginator, index = Paginator(self.rows, PER_PAGE), counts.pop(BEFORE)
        if question and index > MAX_COUNTED and not self.asked_page:
            return self._page_around(question, counts)
        paginator.count = counts[self.name]
        page = paginator.page(min(self.asked_page or index // PER_PAGE + 1, paginator.num_pages))
        start = max(0, page.start_index() - 1)
        # One more on each side, so that neighbours on the pages beside it are known.
        first = max(0, start - 1)
        near = self._rows_between(first, start + PER_PAGE + 1)
        rows_on_page = near[start - first :][:PER_PAGE]
        here = question or (rows_on_page[0] if rows_on_page else None)
        is_counted = True
        if question and question not in near:
            # The page is another one than that of the question.
            near = self._rows_around(question, 1)
            first = index - near.index(question) if question in near else 0
            is_counted = index <= MAX_COUNTED
        if here is None or here not in near:
            return QueuePage(page, counts, rows_on_page, 0, "", "")
        at = near.index(here)
        position = first + at + 1 if is_counted else 0
        return QueuePage(page, counts, rows_on_page, position, *_neighbours(near, at))

    def _page_around(self, question: Question, counts: dict[str, int]) -> QueuePage:
        near = self._rows_around(question, PER_PAGE // 2)
        if question not in near:
            return QueuePage(None, counts, near, 0, "", "")
        return QueuePage(None, counts, near, 0, *_neighbours(near, near.index(question)))

    def _rows_around(self, question: Question, count: int) -> list[Question]:
        """Return a question, if it is in the list, with at most `count` questions on each side."""
        newest_first = self.queue.newest_first
        earlier = self.rows.filter(before(question, newest_first=newest_first)).reverse()
        later = self.rows.filter(after(question, newest_first=newest_first))
        keys = [Q(pk__in=side.values("pk")[:count]) for side in (earlier, later)]
        return list(with_claims(self.rows.filter(keys[0] | Q(pk=question.pk) | keys[1])))

    def _rows_between(self, first: int, end: int) -> list[Question]:
        """Return the questions from one position to another; those before them are passed over without being joined."""
        keys = self.rows.values("pk")[first:end]
        return list(with_claims(self.rows.filter(pk__in=keys)))

    def _counts(self, question: Question | None) -> dict[str, int]:
        """Return the sizes of all queues, and how many questions stand before one, be it in the list or not.

        Those are counted up to one more than `MAX_COUNTED`.
        """
        standing_before = Question.objects.none()
        if question:
            rows = self.rows.filter(before(question, newest_first=self.queue.newest_first))
            standing_before = rows.order_by()[: MAX_COUNTED + 1]
        queues = {
            name: narrowed(queue.rows(self.user), self.filter, self.user) for name, queue in QUEUES.items()
        }
        if self.narrowing:
            counts = count_each(queues)
        else:
            counts = cached_until_logged(("desk",), lambda: count_each(queues))
        return counts | {BEFORE: standing_before.count()}

    def number_after(self, question: Question) -> str:
        """Return the number of the question to go on with, or "" where none is left that no colleague works on."""
        remaining = unclaimed(self.rows, self.user).exclude(pk=question.pk)
        following = remaining.filter(after(question, newest_first=self.queue.newest_first))
        # After the last question the queue goes on with its first.
        numbers = (rows.values_list("number", flat=True).first() for rows in (following, remaining))
        return next((number for number in numbers if number), "")


def _neighbours(questions: list[Question], at: int) -> tuple[str, str]:
    """Return the numbers before and after a place in a list, "" where there is none."""
    numbers = ["", *(question.number for question in questions), ""]
    return numbers[at], numbers[at + 2]


def list_of(request: SignedInRequest) -> DeskList | None:
    """Return the list that the address names, None for a page that was not opened from the desk."""
    name = request.GET.get("queue", "")
    return DeskList(name, request.GET, request.user) if name in QUEUES else None
