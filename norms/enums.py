from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DocumentKind(models.TextChoices):
    LAW = "law", pgettext_lazy("kind of document", "Law")
    JUDICIAL_INTERPRETATION = "judicial_interpretation", _("Judicial interpretation")
    REGULATION = "regulation", _("Administrative regulation")
    RULE = "rule", _("Departmental rule")
    NORMATIVE_DOCUMENT = "normative_document", _("Normative document")
    LOCAL_NORMATIVE = "local_normative", _("Local normative document")
    REPLY = "reply", _("Reply")
    AGREEMENT = "agreement", _("Agreement")
    PLAN = "plan", _("Plan")
    MINUTES = "minutes", _("Minutes")
    OTHER = "other", _("Other document")


class DocumentStatus(models.TextChoices):
    IN_FORCE = "in_force", _("In force")
    AMENDED = "amended", _("Amended")
    REPEALED = "repealed", _("Repealed")


class ProvisionKind(models.TextChoices):
    PREAMBLE = "preamble", _("Preamble")
    PART = "part", _("Part")
    SUBPART = "subpart", _("Sub-part")
    CHAPTER = "chapter", _("Chapter")
    SECTION = "section", _("Section")
    ARTICLE = "article", _("Article")
    PARAGRAPH = "paragraph", _("Paragraph")
    ITEM = "item", _("Item")
    SUBITEM = "subitem", _("Sub-item")
    TEXT = "text", _("Numbered paragraph")
    SIGNATURE = "signature", _("Signature block")
    ANNEX = "annex", _("Annex")
    TABLE = "table", _("Table")


class SourceFormat(models.TextChoices):
    DOCX = "docx", "DOCX"
    MARKDOWN = "markdown", "Markdown"
    TEXT = "text", _("Plain text")
    EDITED = "edited", _("Entered in the portal")


HEADING_KINDS = frozenset(
    {ProvisionKind.PART, ProvisionKind.SUBPART, ProvisionKind.CHAPTER, ProvisionKind.SECTION}
)
