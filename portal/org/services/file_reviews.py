"""Hold back uploaded files with a mark of classification, and keep who answers for all others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.log_actions import log
from wagtail.models import Collection

from portal.foundation.file_marks import FileMarks
from portal.foundation.revisions import AlreadyDecidedError
from portal.org.enums import AssignmentKind, FileReviewStatus, NotificationKind, Role
from portal.org.models import FileReview, User
from portal.org.rules import is_reviewer
from portal.org.services.assignments import assign, complete_assignments
from portal.org.services.notifications import notify


@transaction.atomic
def record_file_review(
    *, document: AbstractDocument, file_marks: FileMarks, actor: User | None
) -> FileReview:
    """Note who answers for a stored document; a marked one was uploaded by a reviewer, who has decided by it."""
    _end_earlier_answers(document)
    status = FileReviewStatus.CLEAR if file_marks.is_read else FileReviewStatus.UNREAD
    today = timezone.localdate()
    if file_marks.passages:
        status = FileReviewStatus.RELEASED
    return FileReview.objects.create(
        status=status, document_key=document.pk, uploaded_by=actor, reviewed_by=actor, reviewed_on=today
    )


def _end_earlier_answers(document: AbstractDocument) -> None:
    """Let another file of a document be answered for anew; what reviewers decided stays, for itself."""
    earlier = FileReview.objects.filter(document_key=document.pk)
    earlier.filter(status__in=[FileReviewStatus.CLEAR, FileReviewStatus.UNREAD]).delete()
    earlier.exclude(status=FileReviewStatus.HELD).update(document_key=None)


def record_upload(sender: type[AbstractDocument], instance: AbstractDocument, **kwargs: Any) -> None:
    """Record a document that a form has read, when it is saved (`read_file`: the marks of the file, and who sent it)."""
    read_file = instance.__dict__.pop("read_file", None)
    if read_file:
        file_marks, actor = read_file
        record_file_review(document=instance, file_marks=file_marks, actor=actor)


def hold_file(
    *,
    name: str,
    content: bytes,
    file_marks: FileMarks,
    actor: User,
    title: str,
    tags: Iterable[str] = (),
    collection: Collection | None = None,
    document: AbstractDocument | None = None,
) -> FileReview:
    """Store a marked file where no list of documents knows it; the same file is held once for a person.

    `document` is the one whose file it is to replace.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            review = FileReview(
                status=FileReviewStatus.HELD,
                document_key=document.pk if document else None,
                title=title[:255],
                file_name=PurePath(name).name[-255:],
                tags=list(tags),
                collection_key=collection.pk if collection else None,
                digest=digest,
                passages=file_marks.passages,
                uploaded_by=actor,
            )
            review.save(force_insert=True)
            assign(subject=review, what=AssignmentKind.REVIEW_SECRECY, role=Role.REVIEWER)
            log(review, "org.file.hold", user=actor)
            _tell(review, NotificationKind.FILE_HELD, review.get_absolute_url())
            # Last: storage takes no part in the transaction, and a failure above must leave no file.
            review.file.save(f"{review.pk}", ContentFile(content))
            return review
    except IntegrityError:
        return FileReview.objects.get(uploaded_by=actor, digest=digest, status=FileReviewStatus.HELD)


@transaction.atomic
def release_file(*, review: FileReview, reviewer: User) -> AbstractDocument:
    """Let a held file become a document, or replace the file of one; whoever uploaded it is told."""
    row = _locked(review, reviewer)
    document = _stored_document(row)
    _end_earlier_answers(document)
    row.document_key, name = document.pk, str(row.file.name)
    _decide(row, FileReviewStatus.RELEASED, reviewer, "")
    _tell(row, NotificationKind.FILE_RELEASED, reverse("wagtaildocs:edit", args=[document.pk]))
    transaction.on_commit(lambda: row.file.storage.delete(name))
    return document


@transaction.atomic
def refuse_file(*, review: FileReview, reviewer: User, reason: str) -> FileReview:
    """Delete a held file; the day, the reviewer and the reason stay, and whoever uploaded it reads them."""
    row = _locked(review, reviewer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, for the person who sent it.")})
    name = str(row.file.name)
    _decide(row, FileReviewStatus.REFUSED, reviewer, reason)
    _tell(row, NotificationKind.FILE_REFUSED, row.get_absolute_url())
    transaction.on_commit(lambda: row.file.storage.delete(name))
    return row


def _locked(review: FileReview, reviewer: User) -> FileReview:
    if not is_reviewer(reviewer):
        raise PermissionDenied
    row = FileReview.objects.select_for_update().get(pk=review.pk)
    if row.status != FileReviewStatus.HELD:
        raise AlreadyDecidedError(row.get_status_display())
    return row


def _stored_document(row: FileReview) -> AbstractDocument:
    documents = get_document_model().objects
    document = documents.filter(pk=row.document_key).first() or documents.model(
        uploaded_by_user=row.uploaded_by
    )
    document.title = row.title
    collection = Collection.objects.filter(pk=row.collection_key).first()
    document.collection = collection or Collection.get_first_root_node()
    with row.file.open() as file:
        document.file = ContentFile(file.read(), name=row.file_name)
    document._set_document_file_metadata()
    document.save()
    document.tags.set(row.tags)
    return document


def _decide(row: FileReview, status: FileReviewStatus, reviewer: User, reason: str) -> None:
    row.status, row.reviewed_by, row.reviewed_on = status, reviewer, timezone.localdate()
    row.reason = reason.strip()[:300]
    # The file is a document now, or nowhere.
    row.file, row.title, row.file_name, row.tags, row.passages, row.digest = "", "", "", [], [], ""
    row.save()
    complete_assignments(subject=row, actor=reviewer)
    log(row, f"org.file.{'release' if status == FileReviewStatus.RELEASED else 'refuse'}", user=reviewer)


def _tell(row: FileReview, kind: NotificationKind, url: str) -> None:
    if row.uploaded_by:
        notify(recipient=row.uploaded_by, kind=kind, subject=f"{row.uploaded_on:%Y-%m-%d}", url=url)
