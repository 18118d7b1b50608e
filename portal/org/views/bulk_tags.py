"""Tags for several documents or images at once, in Wagtail's administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.documents.views.bulk_actions import AddTagsBulkAction as TagDocuments
from wagtail.images.views.bulk_actions import AddTagsBulkAction as TagImages

from portal.org.forms.files import UnmarkedTagsForm

if TYPE_CHECKING:
    from wagtail.admin.views.bulk_action import BulkAction as _BulkAction
else:
    _BulkAction = object


class _UnmarkedTags(_BulkAction):
    """Refuses tags with a mark of classification, unless a reviewer writes them."""

    form_class = UnmarkedTagsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}


class TagDocumentsBulkAction(_UnmarkedTags, TagDocuments):
    """Tags documents."""


class TagImagesBulkAction(_UnmarkedTags, TagImages):
    """Tags images."""
