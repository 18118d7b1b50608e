"""The blocks of editorial pages; about ten serve the whole portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

# Keys of a block in the stored form of a stream.
BLOCK_KEYS = {"type", "value", "id"}
TEXT_FEATURES = ["bold", "ol", "ul", "link", "document-link"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=kwargs.pop("features", TEXT_FEATURES), **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "blocks/text.html"


class QuotationBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Words"))
    source = blocks.CharBlock(label=_("Where and when"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "blocks/quotation.html"


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(label=_("What it shows"), help_text=_("Read out to people who cannot see it."))
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "blocks/image.html"


class NoteBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False)
    text = TextBlock(label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Note")
        template = "blocks/note.html"


class LinkBlock(blocks.StructBlock):
    """A button; the address is a page of the portal or any address."""

    label = blocks.CharBlock(label=_("Label"))
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.CharBlock(
        label=_("Or address"), required=False, help_text=_("For example /sessions/TT-2026-03/")
    )

    class Meta:
        icon = "link"
        label = _("Button")
        template = "blocks/link.html"


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    text = blocks.CharBlock(label=_("What it is"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "blocks/document.html"


class StepsBlock(blocks.StructBlock):
    steps = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("title", blocks.CharBlock(label=_("Title"))),
                ("text", blocks.TextBlock(label=_("Text"), required=False, rows=3)),
            ]
        ),
        label=_("Steps"),
        min_num=2,
    )

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "blocks/steps.html"


class QuestionsAnswersBlock(blocks.StructBlock):
    entries = blocks.ListBlock(
        blocks.StructBlock(
            [("question", blocks.CharBlock(label=_("Question"))), ("answer", TextBlock(label=_("Answer")))]
        ),
        label=_("Questions and answers"),
        min_num=1,
    )

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        template = "blocks/questions_answers.html"


class ContentBlock(blocks.StreamBlock):
    """All blocks that an editorial page may use."""

    heading = HeadingBlock()
    text = TextBlock()
    quotation = QuotationBlock()
    image = ImageBlock()
    note = NoteBlock()
    link = LinkBlock()
    document = DocumentBlock()
    steps = StepsBlock()
    questions_answers = QuestionsAnswersBlock()


class StationBlock(blocks.StructBlock):
    """A station of an example of the chain, in the words that an editor chose to publish."""

    label = blocks.CharBlock(label=_("Station"), max_length=20)
    label_en = blocks.CharBlock(label=_("Station in English"), max_length=40, required=False)
    number = blocks.CharBlock(label=_("Number"), max_length=20, required=False)
    address = blocks.CharBlock(
        label=_("Address"), required=False, help_text=_("Only of something that visitors may see.")
    )
    text = blocks.TextBlock(label=_("Text"), rows=2, required=False)
    text_en = blocks.TextBlock(label=_("Text in English"), rows=2, required=False)

    class Meta:
        icon = "arrow-right"
        label = _("Station")


class ChainBlock(blocks.StreamBlock):
    station = StationBlock()


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a value of a page: of a stream its blocks' texts, with captions and alternative texts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, blocks.StreamValue):
        yield from texts_in(list(value.get_prep_value()))
    elif isinstance(value, dict):
        yield from texts_in(value["value"] if set(value) == BLOCK_KEYS else list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
