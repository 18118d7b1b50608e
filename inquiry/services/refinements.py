"""Actions of analysts on one question: restate it, mark it, link it to the law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.enums import QuestionStatus
from inquiry.models import ConfirmedCitation, LinkedProvision, Question, Refinement
from inquiry.rules import can_refine
from inquiry.services.audit import record_action, require
from inquiry.services.claims import end_claim, ensure_unclaimed
from inquiry.services.notices import notify_asker_and_followers, retitle_notices
from inquiry.services.retitling import lock_clusters_of, retitle_clusters
from inquiry.services.status import settle_status
from inquiry.services.validation import raise_errors, text_error, title_error
from norms.models import Provision
from norms.services.citations import record_citations
from portal.foundation.limits import MAX_CITATION_CHARS
from portal.foundation.revisions import RecordChanged
from portal.foundation.signals import announce_changed
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Assignment, Topic, User
from portal.org.services.assignments import complete_assignments
from portal.org.services.secrecy import refuse_marked


def refinement_revision(question: Question) -> int:
    """Return the version of a question's restated form, 0 where it has none."""
    refinement = question.current_refinement()
    return refinement.version if refinement else 0


@transaction.atomic
def refine_question(
    *,
    question: Question,
    title: str,
    text: str,
    actor: User,
    topics: Iterable[Topic] = (),
    names_real: bool = False,
    confirmed_citations: Iterable[str] = (),
    lang: str | None = None,
    expected_revision: int = 0,
) -> Refinement:
    """Add a version of the restated form and make it the current one; the original stays as it was.

    `topics` replace the question's. `confirmed_citations` are citations as written, in the original or in
    the restated text. `expected_revision` is the version of the restated form that was read, 0 where there was none;
    raises `RecordChanged` where another is current by now. Once `names_real` is set, others see the restated form only.
    """
    require(can_refine(actor))
    _check_restatement(title, text)
    refuse_marked(title, text, actor=actor)
    # Clusters before questions, as everywhere (`services.locks`).
    clusters = lock_clusters_of(question) if names_real else []
    locked = Question.objects.select_for_update().get(pk=question.pk)
    _ensure_refinable(locked, actor)
    if refinement_revision(locked) != expected_revision:
        raise RecordChanged(locked)
    topics = list(topics)
    replaced = _replaced_by_saving(locked, names_real, topics)
    refinement = _add_version(locked, title, text, actor, replaced)
    locked.names_real = names_real
    locked.lang = lang or locked.lang
    locked.save(update_fields=["names_real", "lang"])
    locked.topics.set(topics)
    record_citations(source=refinement, field="text", text=refinement.text, read_on=locked.raised_on)
    confirm_citations(locked, confirmed_citations, actor)
    settle_status(locked)
    if names_real:
        retitle_notices(locked)
        refinement.replaced["cluster_titles"] = retitle_clusters(
            clusters=clusters, question=locked, actor=actor
        )
        refinement.save(update_fields=["replaced"])
    record_action(
        locked, "inquiry.question.refine", actor=actor, version=refinement.version, names_real=names_real
    )
    end_claim(locked)
    complete_assignments(subject=locked, what=AssignmentKind.REFINE, actor=actor)
    notify_asker_and_followers(question=locked, kind=NotificationKind.QUESTION_REFINED)
    announce_changed(locked)
    return refinement


def _check_restatement(title: str, text: str) -> None:
    errors = {
        "title": title_error(title, missing=_("Give the restated question a title.")),
        "text": text_error(text, missing=_("Write the restated question.")),
    }
    raise_errors(errors)


def _ensure_refinable(question: Question, actor: User) -> None:
    if question.status == QuestionStatus.WITHDRAWN:
        raise ValidationError(_("This question was withdrawn."))
    if question.status == QuestionStatus.CLOSED:
        raise ValidationError(_("This question is closed. Open it again first."))
    ensure_unclaimed(question, actor)


def _replaced_by_saving(question: Question, names_real: bool, topics: Iterable[Topic]) -> dict[str, Any]:
    """Return what a restated form replaces, and the topics that are saved with it, as `services.undoing` reads them."""
    waiting = Assignment.objects.open().of_subject(question).filter(what=AssignmentKind.REFINE)
    return {
        "status": question.status,
        "topics": [item.tag_id for item in question.topic_items.all()],
        "saved_topics": [topic.pk for topic in topics],
        "names_real": question.names_real,
        "sets_mark": names_real and not question.names_real,
        "lang": question.lang,
        "citations": list(question.confirmed_citations.values_list("text", flat=True)),
        "assignments": [str(row.pk) for row in waiting],
    }


def _add_version(
    question: Question, title: str, text: str, actor: User, replaced: dict[str, Any]
) -> Refinement:
    latest = question.refinements.order_by("-version").first()
    # First: the constraint `one_current_refinement` holds at every statement.
    question.refinements.filter(is_current=True).update(is_current=False)
    return Refinement.objects.create(
        question=question,
        version=latest.version + 1 if latest else 1,
        title=title.strip(),
        text=text.strip(),
        author=actor,
        refined_on=timezone.localdate(),
        replaced=replaced,
    )


def confirm_citations(question: Question, texts: Iterable[str], actor: User) -> None:
    """Leave standing confirmations with those who made them, add new ones, delete those no longer ticked."""
    ticked = {text.strip()[:MAX_CITATION_CHARS] for text in texts if text.strip()}
    # Confirmations are compared by their words, since citations are recorded anew with each version.
    question.confirmed_citations.exclude(text__in=ticked).delete()
    confirmed = set(question.confirmed_citations.values_list("text", flat=True))
    ConfirmedCitation.objects.bulk_create(
        ConfirmedCitation(question=question, text=text, confirmed_by=actor)
        for text in sorted(ticked - confirmed)
    )


@transaction.atomic
def link_provision(*, question: Question, provision: Provision, actor: User) -> LinkedProvision:
    """Put an article beside a question; it then counts as cited by the question."""
    require(can_refine(actor))
    link, created = LinkedProvision.objects.get_or_create(
        question=question, provision=provision, defaults={"linked_by": actor}
    )
    if created:
        record_action(question, "inquiry.question.link", actor=actor, provision=provision.pk)
        announce_changed(question)
    return link


@transaction.atomic
def unlink_provision(*, link: LinkedProvision, actor: User) -> None:
    """Remove an article that an analyst put beside a question."""
    require(can_refine(actor))
    question = link.question
    link.delete()
    record_action(question, "inquiry.question.unlink", actor=actor)
    announce_changed(question)
