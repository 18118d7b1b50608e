"""Forms of the admin pages for normative documents."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from norms.importing.readers import SUFFIXES
from portal.foundation.codes import CodeForm
from portal.org.services.secrecy import marked_text_error

MAX_FILES = 30


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field; its value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return files


class ImportForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]  # Django sets `files` on the instance, not on the class.
        label=_("Files"),
        help_text=_("DOCX, Markdown or plain text; up to 30 at once. The preview comes first."),
        widget=FilesInput(attrs={"accept": ",".join(SUFFIXES)}),
    )

    def clean_files(self) -> list[UploadedFile]:
        files = self.cleaned_data["files"]
        if len(files) > MAX_FILES:
            raise ValidationError(_("At most %(limit)s files at once."), params={"limit": MAX_FILES})
        for file in files:
            if file.size > settings.MAX_UPLOAD_BYTES:
                raise ValidationError(
                    _("%(name)s is larger than %(limit)s MB."),
                    params={"name": PurePath(file.name).name, "limit": settings.MAX_UPLOAD_BYTES >> 20},
                )
        return files


class LinesField(forms.CharField):
    """A list of strings, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = value if isinstance(value, list) else (value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial or []) != self.to_python(data)


class DocumentForm(CodeForm):
    """The data of a document; its address stays once a version or citation refers to it, since the index carries it."""

    code_field = "slug"
    issuing_bodies = LinesField(label=_("issuing bodies"), required=False, help_text=_("One on each line."))

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if is_valid and (message := marked_text_error(self._texts(), actor=self.for_user, is_official=True)):
            self.add_error(None, message)
            return False
        return is_valid

    def _texts(self) -> list[str]:
        """Return what was written of the document, with the names it goes by."""
        names = ("title", "title_en", "document_number")
        aliases = [form.cleaned_data.get("name") or "" for form in self.formsets["aliases"].forms]
        return [
            *(self.cleaned_data.get(name) or "" for name in names),
            *self.cleaned_data["issuing_bodies"],
            *aliases,
        ]
