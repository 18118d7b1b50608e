"""Who may read a file that somebody uploaded in the admin: the one predicate, with and without nginx in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Model
from wagtail.documents.models import AbstractDocument
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.models import AbstractImage
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page, ReferenceIndex

from portal.org.models import PortalSettings
from portal.org.rules import is_staff_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User

# Whoever may do one of these to an image or a document works with it.
PERMISSIONS = ("add", "change", "delete", "choose")


def can_view_file(user: User | AnonymousUser, file: AbstractImage | AbstractDocument) -> bool:
    """Return whether somebody may read an image with its renditions, or a document.

    A file is private until something public shows it: a live page without restrictions, or a live record. While the portal
    is closed to visitors, that is for people with an account. Before that it is for whoever uploaded it and for those who
    work with files in the admin.
    """
    if is_staff_member(user):
        return _works_with(user, file) or is_shown(file)
    return not PortalSettings.load().closed_to_visitors and is_shown(file)


def _works_with(user: User, file: AbstractImage | AbstractDocument) -> bool:
    if file.uploaded_by_user_id == user.pk:
        return True
    policy = image_policy if isinstance(file, AbstractImage) else document_policy
    return policy.user_has_any_permission_for_instance(user, PERMISSIONS, file)


def is_shown(file: AbstractImage | AbstractDocument) -> bool:
    """Return whether something public refers to a file. Wagtail's index of references holds what is stored, not drafts."""
    references = ReferenceIndex.get_references_to(file).select_related("base_content_type")
    subjects = {(row.base_content_type, row.object_id) for row in references}
    return any(_is_public(content_type.model_class(), key) for content_type, key in subjects)


def _is_public(model: type[Model] | None, key: str) -> bool:
    record = model._default_manager.filter(pk=key).first() if model else None
    if isinstance(record, Page):
        return record.live and not record.expired and not record.get_view_restrictions().exists()
    return bool(getattr(record, "live", False))
