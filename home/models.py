"""The home page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField, StreamValue

from casebank.models import TypicalCase
from portal.foundation.blocks import ChainBlock, ContentBlock
from portal.foundation.models import in_language
from portal.foundation.panels import EnglishPanel
from portal.org.forms.pages import SECRECY_PANEL, CheckedPageForm
from portal.org.models.pages import CheckedPage


class HomePage(CheckedPage):
    """The page that visitors see first; a signed-in person gets the dashboard at the same address (`wagtail_hooks`).

    `example` tells one finished way from session to clause, in words that editors chose to publish: the
    records themselves are for staff.
    """

    heading = models.CharField(_("main heading"), max_length=160, blank=True)
    heading_en = models.CharField(_("main heading in English"), max_length=255, blank=True)
    example_title = models.CharField(_("title of the example"), max_length=160, blank=True)
    example_title_en = models.CharField(_("title of the example in English"), max_length=255, blank=True)
    example = StreamField(ChainBlock(), blank=True, verbose_name=_("example of the chain"))
    body = StreamField(ContentBlock(), blank=True, verbose_name=_("more"))
    body_en = StreamField(ContentBlock(), blank=True, verbose_name=_("more in English"))
    featured_case = models.ForeignKey(
        TypicalCase,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("case shown first"),
        help_text=_("A published case; if empty, the newest is shown first."),
    )

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    template = "home/visitor.html"

    content_panels = [
        *CheckedPage.content_panels,
        MultiFieldPanel(
            [FieldPanel("heading"), EnglishPanel([FieldPanel("heading_en")])],
            heading=_("Heading"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("example_title"),
                FieldPanel("example"),
                EnglishPanel([FieldPanel("example_title_en")]),
            ],
            heading=_("Example of the chain"),
        ),
        FieldPanel("body"),
        EnglishPanel([FieldPanel("body_en")]),
        FieldPanel("featured_case"),
        SECRECY_PANEL,
    ]
    base_form_class = CheckedPageForm

    class Meta:
        verbose_name = _("home page")

    @property
    def heading_here(self) -> str:
        return in_language(self, "heading") or self.title_here

    @property
    def example_title_here(self) -> str:
        return in_language(self, "example_title")

    @property
    def body_here(self) -> StreamValue:
        return in_language(self, "body")

    @property
    def stations(self) -> list[dict]:
        """Return the example as `components/chain.html` takes it: every station is done."""
        english = (get_language() or "").startswith("en")
        return [
            {
                "label": (english and value["label_en"]) or value["label"],
                "number": value["number"],
                "url": value["address"],
                "meta": (english and value["text_en"]) or value["text"],
                "state": "done",
            }
            for value in (block.value for block in self.example)
        ]
