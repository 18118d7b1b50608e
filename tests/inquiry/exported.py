"""Exports as they are made and opened."""

from __future__ import annotations

import io

from docx import Document

from inquiry.enums import ExportFormat
from inquiry.services.exports import open_export, request_export


def export(dossier, actor, format=ExportFormat.DOCX, lang="zh-hans"):
    return request_export(dossier=dossier, format=format, actor=actor, lang=lang)


def opened(made):
    return Document(io.BytesIO(open_export(made).read()))
