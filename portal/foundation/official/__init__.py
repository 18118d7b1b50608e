"""Official documents: DOCX in the layout of GB/T 9704-2012, and the same Markdown blocks as plain Markdown.

Notices, handbooks, minutes and dossiers are written with `OfficialDocument`; what a document says stays with the
app that writes it:

    document = OfficialDocument(title="关于举办第三期培训的通知", number="TT-2026-003")
    document.add_title("关于举办第三期培训的通知")
    document.add_heading("一、培训安排")
    document.add_markdown(markdown_text)
    document.add_table(["序号", "单位"], rows, widths_mm=(20, 130))
    data = document.to_bytes()
"""

from portal.foundation.official.blocks import MarkdownBlock, MarkdownRun, markdown_blocks
from portal.foundation.official.document import OfficialDocument, TypedRun
from portal.foundation.official.layout import Typeface
from portal.foundation.official.numbering import PartNumbers

__all__ = [
    "MarkdownBlock",
    "MarkdownRun",
    "OfficialDocument",
    "PartNumbers",
    "TypedRun",
    "Typeface",
    "markdown_blocks",
]
