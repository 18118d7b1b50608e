"""Questions nearly the same as one that is about to be raised."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Prefetch, Q
from rapidfuzz.distance import Indel

from courses.models import TrainingSession
from inquiry.models import Question, Refinement
from inquiry.selectors.listings import questions_visible_to
from inquiry.selectors.voices import own_and_joined
from inquiry.signals import similar_questions_wanted
from portal.foundation.markdown import markdown_text
from portal.org.models import User

# From this share of common characters on, the form asks whether to raise a question all the same.
ALIKE_SHARE = 0.9
# The newest questions of the session are compared; the index names those of other sessions.
MAX_CANDIDATES = 200
# What is compared of a text: the time grows with the square of it.
MAX_COMPARED_CHARS = 2_000
MAX_ALIKE = 3


@dataclass(frozen=True)
class AlikeQuestion:
    """A question that the person may see, with its likeness in percent, and whether the person asked or joined it."""

    question: Question
    title: str
    percent: int
    is_asker: bool = False
    joined: bool = False


def alike_questions(text: str, *, session: TrainingSession, user: User) -> list[AlikeQuestion]:
    """Return visible questions at least 90 % alike, the most alike first; withdrawn ones do not count."""
    compared = _letters(text)
    alike = [
        AlikeQuestion(question, question.public_title() or question.number, int(share * 100))
        for question in _candidates(text, session, user)
        if (share := max(_likeness(compared, _letters(form)) for form in _shown_texts(question)))
        >= ALIKE_SHARE
    ]
    alike = sorted(alike, key=lambda row: (-row.percent, row.question.number))[:MAX_ALIKE]
    own, joined = own_and_joined(user, [row.question.pk for row in alike])
    return [replace(row, is_asker=row.question.pk in own, joined=row.question.pk in joined) for row in alike]


def _candidates(text: str, session: TrainingSession, user: User) -> Iterator[Question]:
    answers = similar_questions_wanted.send_robust(sender=Question, text=text, user=user)
    suggested_ids = {pk for _receiver, keys in answers if not isinstance(keys, Exception) for pk in keys}
    visible = questions_visible_to(user).standing()
    current = Prefetch("refinements", Refinement.objects.filter(is_current=True))
    yield from (
        visible.filter(Q(session=session) | Q(pk__in=suggested_ids))
        .prefetch_related(current)
        .order_by("-pk")[:MAX_CANDIDATES]
    )


def _shown_texts(question: Question) -> list[str]:
    """Return what everybody may read of a question: the suggestions below the form compare titles, too."""
    refinement = question.current_refinement()
    restated = [refinement.text] if refinement else []
    return [question.public_title(), question.public_text(), *restated]


def _letters(text: str) -> str:
    """Return the letters and digits of a text, folded, without the marks that people set differently."""
    folded = unicodedata.normalize("NFKC", markdown_text(text)).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")[:MAX_COMPARED_CHARS]


def _likeness(first: str, second: str) -> float:
    """Return the share of characters that two texts have in common in the same order, 0.0 to 1.0.

    Zero below `ALIKE_SHARE`. The time grows with the product of the lengths and no faster, whatever the texts are: that
    of difflib grows with a third power, 73 s for one pair of 2,000 characters.
    """
    return Indel.normalized_similarity(first, second, score_cutoff=ALIKE_SHARE)
