"""The forms of documents and images in the admin: names and files are read for marks of classification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import ModelForm
from django.utils.translation import gettext, gettext_lazy
from wagtail.documents.forms import BaseDocumentForm
from wagtail.documents.views.bulk_actions.add_tags import TagForm
from wagtail.images.forms import BaseImageForm

from portal.foundation.dates import day
from portal.foundation.file_marks import FileMarks, marks_of_file
from portal.org.enums import FileReviewStatus
from portal.org.models import FileReview, User
from portal.org.rules import is_reviewer
from portal.org.services.file_reviews import hold_file
from portal.org.services.secrecy import marked_text_error, refuse_marked

if TYPE_CHECKING:
    _Form = ModelForm
else:
    _Form = object
NOTICE = gettext_lazy(
    "State secrets and work secrets do not belong here. A file with a mark of classification is held back until a "
    "secrecy reviewer has decided; for what cannot be read, such as a scan or a picture, you answer yourself."
)


class _MarksRefused(_Form):
    """Refuses marks in the title, the description, the tags and the file's name, unless a reviewer writes them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.for_user: User | None = kwargs.get("user")
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self["file"].help_text = self.fields["file"].help_text = NOTICE

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook after `clean`, where the form is complete.
        if not self.errors and (error := marked_text_error(self._texts(), actor=self.for_user)):
            self.add_error("file" if self.new_file else "title", error)

    @property
    def new_file(self) -> Any:
        """Return the file that came with the form, None where it came without one."""
        return self.cleaned_data.get("file") if "file" in self.changed_data else None

    def _texts(self) -> list[str]:
        names = [self.new_file.name] if self.new_file else []
        described = [str(self.cleaned_data.get(name) or "") for name in ("title", "description")]
        return [*names, *described, *(str(tag) for tag in self.cleaned_data.get("tags") or ())]


class UploadedDocumentForm(_MarksRefused, BaseDocumentForm):
    """Reads a file before it is stored; a marked one is held back, and the form says so."""

    file_marks: FileMarks | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # The bound field is made already, with a copy of the field's text.
            self["title"].help_text = self.fields["title"].help_text = answer_for(self.instance.pk)

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.new_file:
            return
        if self.errors:
            # An upload of several files keeps one aside whose other fields are wrong: unread, it is sent again instead.
            if "file" not in self.errors:
                self.add_error("file", gettext("Correct the other fields, and choose the file again."))
            return
        content = self.new_file.read()
        self.new_file.seek(0)
        self.file_marks = marks_of_file(self.new_file.name, content)
        if self.file_marks.passages and self.for_user and not is_reviewer(self.for_user):
            self._hold(content, self.file_marks, self.for_user)

    def _hold(self, content: bytes, file_marks: FileMarks, actor: User) -> None:
        collection = self.cleaned_data.get("collection") or self.collections.first()
        hold_file(
            name=self.new_file.name,
            content=content,
            file_marks=file_marks,
            actor=actor,
            title=self.cleaned_data["title"],
            tags=[str(tag) for tag in self.cleaned_data.get("tags") or ()],
            collection=collection,
            document=self.instance if self.instance.pk else None,
        )
        text = gettext(
            "The file bears the mark “%(mark)s” and is held back: a secrecy reviewer decides, and you are told. "
            "Until then nobody else sees it."
        )
        self.add_error("file", text % {"mark": file_marks.marks[0]})

    def save(self, commit: bool = True) -> Any:
        if self.file_marks:
            # Views save the document after the form, too: `record_upload` waits for it.
            self.instance.read_file = (self.file_marks, self.for_user)
        return super().save(commit=commit)


class ImageForm(_MarksRefused, BaseImageForm):
    """Reads the names of a picture; what it shows is for whoever uploads it."""


class UnmarkedTagsForm(TagForm):
    """Tags for several files at once, without marks of classification."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.for_user = user
        super().__init__(*args, **kwargs)

    def clean_tags(self) -> str:
        tags = self.cleaned_data["tags"]
        refuse_marked(tags, actor=self.for_user)
        return tags


def answer_for(document_key: int) -> str:
    """Return who answers for it that a stored document holds no secrets, "" where nothing is recorded."""
    review = (
        FileReview.objects.filter(document_key=document_key)
        .exclude(status__in=[FileReviewStatus.HELD, FileReviewStatus.REFUSED])
        .select_related("reviewed_by")
        .first()
    )
    if review is None or review.reviewed_by is None or review.reviewed_on is None:
        return ""
    text = {
        FileReviewStatus.CLEAR: gettext(
            "No mark of classification was found; uploaded by %(person)s on %(day)s."
        ),
        FileReviewStatus.UNREAD: gettext(
            "This file, or a part of it, could not be read: %(person)s answers for it that it holds no secrets, %(day)s."
        ),
        FileReviewStatus.RELEASED: gettext("Bears a mark; released by %(person)s on %(day)s."),
    }[FileReviewStatus(review.status)]
    return text % {"person": review.reviewed_by, "day": day(review.reviewed_on)}
