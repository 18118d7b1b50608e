"""Files of versions and scans: uploaded before, read for marks of classification, kept in the private storage."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.foundation.file_marks import marks_of_file
from portal.foundation.uploads import Upload, stored_uploads
from portal.org.models import User
from portal.org.rules import is_reviewer
from portal.org.services.secrecy import refuse_marked

PURPOSE = "matters"
# In the private storage.
FOLDER = "matters"
MAX_FILES = 20


def uploaded_files(*, key: str, actor: User) -> list[Upload]:
    """Return what somebody uploaded under a key, none for an empty one; before any row is locked, since it takes time.

    Raises ValidationError for too many files, and for one that bears a mark of classification unless a secrecy reviewer
    brings it.
    """
    uploads = stored_uploads(purpose=PURPOSE, key=key, user=actor) if key else []
    if len(uploads) > MAX_FILES:
        raise ValidationError(_("A text has %(limit)d files at most.") % {"limit": MAX_FILES})
    refuse_marked(*(upload.name for upload in uploads), actor=actor)
    if not is_reviewer(actor):
        _refuse_marked_content(uploads)
    return uploads


def _refuse_marked_content(uploads: Iterable[Upload]) -> None:
    for upload in uploads:
        if marks := marks_of_file(upload.name, upload.content).marks:
            raise ValidationError(
                _("The file %(name)s bears the mark “%(mark)s”; a secrecy reviewer has to decide.")
                % {"name": upload.name, "mark": marks[0]}
            )
