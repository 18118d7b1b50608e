"""Actions of askers and of those who join them: raise, withdraw, correct, join, follow."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Activity, TrainingSession
from courses.rules import can_raise_question
from inquiry.enums import HeldKind, Naming, QuestionKind, QuestionOrigin, QuestionStatus
from inquiry.models import AskerIdentity, Correction, Follow, MeToo, Question
from inquiry.rules import can_append_correction, can_view_question, can_withdraw
from inquiry.selectors.affiliations import Affiliation, printed_affiliation
from inquiry.selectors.identities import is_asker, questions_asked_by
from inquiry.selectors.voices import question_voices
from inquiry.services.audit import record_without_user, require
from inquiry.services.claims import end_claim
from inquiry.services.closures import lock_with_duplicates, reopen_duplicates
from inquiry.services.holding import SubmissionHeld, hold, marks_of
from inquiry.services.status import settle_status
from inquiry.services.submissions import Asker, Wording, content_of
from inquiry.services.validation import question_error, raise_errors, text_error, title_error
from norms.services.citations import record_citations
from portal.foundation.enums import Lang
from portal.foundation.services import next_number
from portal.foundation.signals import announce_changed
from portal.org.models import User
from portal.org.services.assignments import end_assignments


def raise_question(
    *,
    session: TrainingSession,
    kind: str,
    text: str,
    naming: str,
    actor: User,
    activity: Activity | None = None,
    title: str = "",
    lang: str = Lang.ZH_HANS,
    submission_key: uuid.UUID | str | None = None,
    at: dt.datetime | None = None,
) -> Question:
    """Raise a question in a session that takes questions today; the same form with the same text is taken once.

    `submission_key` is that of the form.
    `at` is when it was raised, for records of the past; the session must have taken questions on that day. Raises
    SubmissionHeld for a text with a mark of classification, which is stored and waits for a reviewer.
    """
    raised_on = timezone.localdate(at) if at else timezone.localdate()
    require(can_raise_question(actor, session, on=raised_on))
    wording = Wording(kind, text, title, lang, session, activity, raised_on)
    _check_wording(wording, naming)
    # A phone that lost the answer sends the form again, with the key that the page was made with.
    if question := submitted_question(submission_key, text, actor):
        return question
    stored_key = stored_key_of(submission_key, text)
    printed = printed_affiliation(actor, naming)
    asker = Asker.from_user(actor)
    if marks := marks_of(wording.text, wording.title):
        submission = hold(
            kind=HeldKind.QUESTION,
            text=wording.text,
            marks=marks,
            content=content_of(wording, naming, asker, printed),
            user=actor,
            submission_key=stored_key,
        )
        raise SubmissionHeld(submission)
    try:
        return store_question(
            wording=wording, naming=naming, asker=asker, printed=printed, submission_key=stored_key
        )
    except IntegrityError:
        # The same form came in twice at once, and the other request stored it first.
        if question := submitted_question(submission_key, text, actor):
            return question
        raise ValidationError(_("This could not be stored. Please send it again.")) from None


@transaction.atomic
def store_question(
    *,
    wording: Wording,
    naming: str,
    asker: Asker,
    printed: Affiliation | None = None,
    origin: str = QuestionOrigin.PORTAL,
    submission_key: uuid.UUID | str | None = None,
    digest: str | None = None,
    category_received: str = "",
) -> Question:
    """Number and store a question and, apart from it, who asked; callers check what may be raised.

    `printed` is what the question shows of office and department; without it, as much as the naming says. What is not
    printed stands with the identity, which no page or index reads.
    """
    is_anonymous = naming == Naming.ANONYMOUS
    if printed is None:
        printed = Affiliation(asker.department, None if is_anonymous else asker.office)
    question = Question.objects.create(
        number=next_number(series="Q", year=wording.raised_on.year, width=6),
        kind=wording.kind,
        title=wording.title.strip(),
        text=wording.text.strip(),
        lang=wording.lang,
        session=wording.session,
        activity=wording.activity,
        department=printed.department,
        office=printed.office,
        office_name="" if is_anonymous else asker.office_name,
        naming=naming,
        raised_on=wording.raised_on,
        origin=origin,
        submission_key=submission_key,
        digest=digest,
        category_received=category_received,
    )
    AskerIdentity.objects.create(
        question=question,
        user=asker.user,
        name=asker.name,
        office=asker.office,
        office_name="" if question.office or question.office_name else _office_name(asker),
    )
    # Read as of the day on which it was raised: an article may have another number since.
    record_citations(source=question, field="text", text=question.text, read_on=question.raised_on)
    record_without_user(question, "inquiry.question.raise")
    announce_changed(question)
    return question


def _office_name(asker: Asker) -> str:
    # The name is kept beside the office, which may be deleted later.
    return asker.office_name or (asker.office.name if asker.office else "")


def _check_wording(wording: Wording, naming: str) -> None:
    errors = {
        "text": question_error(wording.text),
        "title": title_error(wording.title),
    }
    if wording.kind not in QuestionKind.values:
        errors["kind"] = _("Choose question, opinion or suggestion.")
    if naming not in Naming.values:
        errors["naming"] = _("Choose how you are named.")
    if wording.activity and wording.session and wording.activity.session_id != wording.session.pk:
        errors["activity"] = _("This activity belongs to another session.")
    raise_errors(errors)


def submitted_question(submission_key: uuid.UUID | str | None, text: str, actor: User) -> Question | None:
    """Return the question that a form with this key and text was stored as, None where none was."""
    if not submission_key:
        return None
    # The person is compared as well: a key that was guessed must not lead to the question of another.
    return questions_asked_by(actor).filter(submission_key=stored_key_of(submission_key, text)).first()


def stored_key_of(submission_key: uuid.UUID | str | None, text: str) -> uuid.UUID | None:
    """Return the key under which a form's question is stored; None without a form."""
    # A form that comes back with another text (from a draft, or after Back) is another submission, or that is lost.
    return uuid.uuid5(uuid.UUID(str(submission_key)), text.strip()) if submission_key else None


@transaction.atomic
def withdraw_question(*, question: Question, actor: User) -> Question:
    """Mark a question as withdrawn; its number and text stay. What was closed as asking the same waits again."""
    locked, closures = lock_with_duplicates(question)
    require(can_withdraw(actor, locked, is_asker=is_asker(actor, locked)))
    locked.withdrawn_on = timezone.localdate()
    end_assignments(subject=locked)
    end_claim(locked)
    settle_status(locked)
    record_without_user(locked, "inquiry.question.withdraw")
    announce_changed(locked)
    reopen_duplicates(closures)
    return locked


def append_correction(*, question: Question, text: str, actor: User) -> Correction:
    """Append a correction by the asker; the text as raised stays.

    Raises SubmissionHeld for a text with a mark of classification, which is stored and waits for a reviewer.
    """
    require(can_append_correction(actor, question, is_asker=is_asker(actor, question)))
    raise_errors({"text": text_error(text, missing=_("Write what is to be corrected."))})
    if marks := marks_of(text):
        kind = HeldKind.CORRECTION
        submission = hold(kind=kind, text=text, marks=marks, content={}, user=actor, question=question)
        raise SubmissionHeld(submission)
    return store_correction(question=question, text=text)


@transaction.atomic
def store_correction(*, question: Question, text: str) -> Correction:
    """Append a correction to a question; callers check who may and what it says."""
    locked = Question.objects.select_for_update().get(pk=question.pk)
    correction = Correction.objects.create(
        question=locked, text=text.strip(), appended_on=timezone.localdate()
    )
    record_without_user(locked, "inquiry.question.correct")
    announce_changed(locked)
    return correction


@transaction.atomic
def add_me_too(*, question: Question, actor: User) -> int:
    """Join a question, once, and return the voices on it; the asker's own voice counts already."""
    require(can_view_question(actor, question))
    if question.withdrawn_on:
        raise ValidationError(_("This question was withdrawn."))
    if question.status == QuestionStatus.CLOSED:
        raise ValidationError(_("This question is closed."))
    if not is_asker(actor, question):
        _row, is_new = MeToo.objects.get_or_create(question=question, user=actor, is_closed=False)
        _add_voices(question, int(is_new))
    return question_voices(question)


@transaction.atomic
def remove_me_too(*, question: Question, actor: User) -> int:
    """Leave a question that the person joined, and return the voices on it."""
    count, _by_model = MeToo.objects.filter(question=question, user=actor, is_closed=False).delete()
    _add_voices(question, -count)
    return question_voices(question)


def _add_voices(question: Question, count: int) -> None:
    # Added by the database: two people who join at once count as two.
    if count:
        Question.objects.filter(pk=question.pk).update(voices=F("voices") + count)


@transaction.atomic
def follow(*, question: Question, actor: User) -> None:
    """Notify the person from now on of how a question goes on."""
    require(can_view_question(actor, question))
    Follow.objects.get_or_create(question=question, user=actor, is_closed=False)


@transaction.atomic
def unfollow(*, question: Question, actor: User) -> None:
    """Notify the person no longer."""
    Follow.objects.filter(question=question, user=actor, is_closed=False).delete()
