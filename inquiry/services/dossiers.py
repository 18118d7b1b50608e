"""Writing a dossier: what it says, what it gathers, when it is finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from casebank.models import TypicalCase
from inquiry.enums import DOSSIER_MOVES, DossierPart, DossierStatus
from inquiry.models import Dossier, DossierItem, Question, QuestionCluster
from inquiry.rules import can_write_dossier
from inquiry.selectors.clusters import current_holder
from inquiry.selectors.dossiers import missing_parts, source_questions
from inquiry.services.audit import record_action, require
from inquiry.services.locks import lock_clusters, lock_dossier, lock_questions
from inquiry.services.notices import notify_asker_and_followers
from inquiry.services.status import settle_all
from inquiry.services.validation import raise_errors, title_error
from norms.models import NormativeDocument, Provision
from norms.services.citations import record_citations
from portal.foundation.enums import Lang
from portal.foundation.joining import listed
from portal.foundation.letters import is_blank
from portal.foundation.limits import MAX_DOSSIER_ITEMS, MAX_REASON_CHARS
from portal.foundation.revisions import RecordChanged, snapshot, values_before
from portal.foundation.services import next_number
from portal.foundation.signals import announce_changed
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Office, User
from portal.org.rules import is_analyst
from portal.org.services.assignments import complete_assignments
from portal.org.services.secrecy import refuse_marked

EDITABLE = ("title", "compiling_office", "target_title", "target_document", "grounds", "analysis")


class DossierChanged(RecordChanged):
    """Somebody else saved first: `current` is the dossier as it is now, `submitted` are the typed fields."""

    current: Dossier

    def __init__(self, current: Dossier, submitted: dict[str, Any]) -> None:
        super().__init__(
            current,
            _(
                "Somebody else changed this dossier in the meantime. What you typed is kept: compare and save again."
            ),
        )
        self.submitted = submitted


@transaction.atomic
def create_dossier(
    *,
    title: str,
    actor: User,
    target_title: str = "",
    compiling_office: Office | None = None,
    target_document: NormativeDocument | None = None,
    grounds: str = "",
    analysis: str = "",
    lang: str = Lang.ZH_HANS,
) -> Dossier:
    """Open a dossier under a new number; its author's office compiles it unless another is named."""
    require(is_analyst(actor))
    _check_titles(title=title, target_title=target_title)
    refuse_marked(title, target_title, grounds, analysis, actor=actor)
    # The year of a number is that of the local day, which differs from UTC for eight hours of each New Year.
    today = timezone.localdate()
    dossier = Dossier.objects.create(
        number=next_number(series="D", year=today.year, width=3),
        title=title.strip(),
        target_title=target_title.strip(),
        target_document=target_document,
        grounds=grounds,
        analysis=analysis,
        lang=lang,
        author=actor,
        compiling_office=compiling_office or actor.office,
        opened_on=today,
    )
    _record_citations(dossier, "grounds", "analysis")
    record_action(dossier, "inquiry.dossier.create", actor=actor)
    announce_changed(dossier)
    return dossier


def _record_citations(dossier: Dossier, *fields: str) -> None:
    for name in fields:
        text = getattr(dossier, name)
        record_citations(source=dossier, field=name, text=text, read_on=timezone.localdate())


def _check_titles(*, title: str, target_title: str = "") -> None:
    raise_errors(
        {
            "title": title_error(title, missing=_("Give the dossier a title.")),
            "target_title": title_error(target_title),
        }
    )


def lock_for_writing(dossier: Dossier, actor: User) -> Dossier:
    """Lock the dossier's row and return it; raise if the actor may not write it now."""
    require(is_analyst(actor))
    # Checked on the locked row: somebody may have finished the dossier since the page was opened.
    locked = lock_dossier(dossier)
    if not can_write_dossier(actor, locked):
        raise ValidationError(_("This dossier is finished. Reopen it to change it."))
    return locked


def ensure_unchanged(dossier: Dossier, expected_revision: int | None, submitted: dict[str, Any]) -> None:
    """Raise `DossierChanged` if a dossier is no longer at the revision that a form was opened with; None is any."""
    if expected_revision is not None and dossier.revision != expected_revision:
        raise DossierChanged(dossier, submitted)


def record_change(dossier: Dossier, action: str, *, actor: User, **data: Any) -> None:
    """Save a changed dossier with its next revision, record the change and announce it."""
    dossier.revision += 1
    dossier.save()
    record_action(dossier, action, actor=actor, **data)
    announce_changed(dossier)


@transaction.atomic
def edit_dossier(*, dossier: Dossier, expected_revision: int, actor: User, **fields: Any) -> Dossier:
    """Change what a dossier says; raises `DossierChanged` if it is no longer at `expected_revision`."""
    # A misspelt field would be set on the instance and never stored.
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not a field of a dossier: {', '.join(sorted(unknown))}")
    locked = lock_for_writing(dossier, actor)
    ensure_unchanged(locked, expected_revision, fields)
    _check_titles(
        title=fields.get("title", locked.title), target_title=fields.get("target_title", locked.target_title)
    )
    refuse_marked(*(str(value) for value in fields.values()), actor=actor)
    before = snapshot(locked, fields)
    for name, value in fields.items():
        setattr(locked, name, value.strip() if name.endswith("title") else value)
    _record_citations(locked, *(name for name in ("grounds", "analysis") if name in fields))
    replaced = values_before(before, snapshot(locked, fields))
    record_change(locked, "inquiry.dossier.edit", actor=actor, fields=sorted(fields), before=replaced)
    return locked


@transaction.atomic
def add_to_dossier(
    *,
    dossier: Dossier,
    actor: User,
    clusters: Iterable[QuestionCluster] = (),
    questions: Iterable[Question] = (),
    provisions: Iterable[Provision] = (),
    documents: Iterable[NormativeDocument] = (),
    cases: Iterable[TypicalCase] = (),
    note: str = "",
) -> list[DossierItem]:
    """Gather sources and return the new items; one that is there already is left alone.

    An absorbed cluster stands for its present holder. Raises ValidationError where there would be too many.
    """
    refuse_marked(note, actor=actor)
    locked = lock_for_writing(dossier, actor)
    gathered_ids = {
        current_holder(item.cluster).pk for item in locked.items.select_related("cluster") if item.cluster
    }
    holders = [holder for holder in map(current_holder, clusters) if holder.pk not in gathered_ids]
    sources: list[tuple[str, Any]] = [("cluster", holder) for holder in holders]
    sources += [("question", question) for question in questions]
    sources += [("provision", provision) for provision in provisions]
    sources += [("document", document) for document in documents]
    sources += [("case", case) for case in cases]
    new_items = _create_items(locked, sources, note, actor)
    if new_items and locked.items.count() > MAX_DOSSIER_ITEMS:
        # Undone with the transaction.
        raise ValidationError(
            _("A dossier gathers %(limit)d sources at most. Group questions first, or open a second dossier.")
            % {"limit": MAX_DOSSIER_ITEMS}
        )
    if new_items:
        names = [_source_name(item) for item in new_items]
        record_change(locked, "inquiry.dossier.gather", actor=actor, items=names)
        announce_changed(*filter(None, (item.question or item.cluster for item in new_items)))
    return new_items


def _create_items(
    dossier: Dossier, sources: Iterable[tuple[str, Any]], note: str, actor: User
) -> list[DossierItem]:
    position = dossier.items.aggregate(last=Max("position"))["last"] or 0
    new_items = []
    for kind, source in sources:
        # What the dossier holds already is left alone, with its note and position.
        item, created = DossierItem.objects.get_or_create(
            dossier=dossier,
            **{kind: source},
            defaults={"added_by": actor, "note": note, "position": position + 1},
        )
        if created:
            position += 1
            new_items.append(item)
    return new_items


def _source_name(item: DossierItem) -> str:
    """Return how the audit log names a source: its number, or the key of a provision or law."""
    if item.provision:
        return f"provision:{item.provision_id}"
    return f"document:{item.document_id}" if item.document else getattr(item.source, "number", "")


@transaction.atomic
def remove_item(*, item: DossierItem, actor: User, expected_revision: int | None = None) -> None:
    """Take a source out; clauses that rest on it lose it.

    Raises `DossierChanged` where the page that named them was of another revision.
    """
    locked = lock_for_writing(item.dossier, actor)
    ensure_unchanged(locked, expected_revision, {})
    # Read before the item is deleted.
    name, record = _source_name(item), item.question or item.cluster
    item.delete()
    record_change(locked, "inquiry.dossier.drop", actor=actor, items=[name])
    if record:
        announce_changed(record)


@transaction.atomic
def move_item(*, item: DossierItem, direction: str, actor: User) -> None:
    """Move a source one position `up` or `down`."""
    locked = lock_for_writing(item.dossier, actor)
    if move_row(list(locked.items.all()), item.pk, direction):
        record_change(locked, "inquiry.dossier.order", actor=actor)


def move_row(rows: list[Any], key: int, direction: str) -> bool:
    """Move the row with primary key `key` one position `up` or `down` and number all rows anew.

    Return False where it is the first or last one already, or gone.
    """
    index = next((index for index, row in enumerate(rows) if row.pk == key), None)
    if index is None:
        return False
    target = index - 1 if direction == "up" else index + 1
    if not 0 <= target < len(rows):
        return False
    rows[index], rows[target] = rows[target], rows[index]
    for position, row in enumerate(rows, start=1):
        row.position = position
    # Numbering all rows anew closes the gaps that deleted ones left.
    type(rows[0]).objects.bulk_update(rows, ["position"])
    return True


@transaction.atomic
def move_dossier(
    *,
    dossier: Dossier,
    status: str,
    actor: User,
    incomplete_reason: str = "",
    expected_revision: int | None = None,
) -> Dossier:
    """Finish or reopen a dossier, as `DOSSIER_MOVES` allows; its questions change their status with it.

    A dossier with parts missing is finished for a reason alone, which its readers and its file are told. Raises
    `DossierChanged` where it is no longer at the revision that the person has read.
    """
    require(is_analyst(actor))
    locked = lock_dossier(dossier)
    if status not in DOSSIER_MOVES[locked.status]:
        raise ValidationError(_("The dossier is in this state already."))
    ensure_unchanged(locked, expected_revision, {"incomplete_reason": incomplete_reason})
    # Dossier, clusters, questions: the order of `services.locks`.
    questions = _lock_sources(locked)
    missing: list[DossierPart] = []
    if status == DossierStatus.FINISHED:
        missing = missing_parts(locked)
        _check_finish(locked, missing, incomplete_reason)
        refuse_marked(*_texts_of(locked), incomplete_reason, actor=actor)
    locked.status = status
    locked.incomplete_reason = incomplete_reason.strip() if missing else ""
    # A dossier that is reopened is a draft again, and its exports say so.
    locked.finished_on = timezone.localdate() if status == DossierStatus.FINISHED else None
    # Whoever finishes a dossier answers for it that it holds no secrets.
    locked.secrecy_reviewed_by = actor if locked.finished_on else None
    locked.secrecy_reviewed_on = locked.finished_on
    parts = [part.value for part in missing]
    record_change(locked, "inquiry.dossier.move", actor=actor, status=status, missing=parts)
    settle_all(questions)
    if status == DossierStatus.FINISHED:
        complete_assignments(subject=locked, what=AssignmentKind.WRITE, actor=actor)
        _notify_of_finish(locked, questions)
    return locked


def _check_finish(dossier: Dossier, missing: Iterable[DossierPart], reason: str) -> None:
    if not dossier.items.exists():
        raise ValidationError(_("Gather sources before you finish the dossier."))
    if not missing:
        return
    parts = listed(part.label for part in missing)
    message = _("Missing: %(parts)s. Write them first, or say why it is finished without.") % {"parts": parts}
    too_long = _("Give a reason of at most %(limit)s characters.") % {"limit": MAX_REASON_CHARS}
    error = message if is_blank(reason) else too_long if len(reason.strip()) > MAX_REASON_CHARS else ""
    raise_errors({"incomplete_reason": error})


def _texts_of(dossier: Dossier) -> Iterator[str]:
    yield from (dossier.title, dossier.target_title, dossier.grounds, dossier.analysis)
    for clause in dossier.clauses.all():
        yield from (clause.heading, clause.text, clause.rationale)


def _lock_sources(dossier: Dossier) -> list[Question]:
    """Lock the clusters behind a dossier, so that none changes meanwhile, then the questions."""
    items = dossier.items.filter(cluster__isnull=False).select_related("cluster")
    lock_clusters(*{current_holder(item.cluster) for item in items if item.cluster})
    return lock_questions(question.pk for question in source_questions(dossier))


def _notify_of_finish(dossier: Dossier, questions: Iterable[Question]) -> None:
    kind = NotificationKind.QUESTION_IN_DOSSIER
    for question in questions:
        notify_asker_and_followers(question=question, kind=kind, number=dossier.number)
