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
    REPLY = "reply", pgettext_lazy("kind of document", "Reply")
    AGREEMENT = "agreement", pgettext_lazy("kind of document", "Agreement")
    PLAN = "plan", pgettext_lazy("kind of document", "Plan")
    MINUTES = "minutes", pgettext_lazy("kind of document", "Minutes")
    OTHER = "other", _("Other document")


class DocumentStatus(models.TextChoices):
    IN_FORCE = "in_force", _("In force")
    AMENDED = "amended", _("Amended")
    REPEALED = "repealed", _("Repealed")


class ProvisionKind(models.TextChoices):
    PREAMBLE = "preamble", pgettext_lazy("kind of provision", "Preamble")
    PART = "part", pgettext_lazy("kind of provision", "Part")
    SUBPART = "subpart", pgettext_lazy("kind of provision", "Sub-part")
    CHAPTER = "chapter", pgettext_lazy("kind of provision", "Chapter")
    SECTION = "section", pgettext_lazy("kind of provision", "Section")
    ARTICLE = "article", pgettext_lazy("kind of provision", "Article")
    PARAGRAPH = "paragraph", pgettext_lazy("kind of provision", "Paragraph")
    ITEM = "item", pgettext_lazy("kind of provision", "Item")
    SUBITEM = "subitem", pgettext_lazy("kind of provision", "Sub-item")
    TEXT = "text", pgettext_lazy("kind of provision", "Numbered paragraph")
    SIGNATURE = "signature", pgettext_lazy("kind of provision", "Signature block")
    ANNEX = "annex", pgettext_lazy("kind of provision", "Annex")
    TABLE = "table", pgettext_lazy("kind of provision", "Table")


class SourceFormat(models.TextChoices):
    DOCX = "docx", "DOCX"
    MARKDOWN = "markdown", "Markdown"
    TEXT = "text", _("Plain text")
    EDITED = "edited", _("Entered in the portal")


HEADING_KINDS = frozenset(
    {ProvisionKind.PART, ProvisionKind.SUBPART, ProvisionKind.CHAPTER, ProvisionKind.SECTION}
)
