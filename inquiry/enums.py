from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionKind(models.TextChoices):
    """The kind of contribution that a trainee raises."""

    QUESTION = "question", _("Question")
    OPINION = "opinion", _("Opinion")
    SUGGESTION = "suggestion", _("Suggestion")


class Naming(models.TextChoices):
    """The form in which the asker wants to be named."""

    FULL = "full", _("Name and office")
    OFFICE = "office", _("Office only")
    ANONYMOUS = "anonymous", _("Anonymous")


# From the way of being named that shows least of the asker to the one that shows most.
NAMINGS_BY_DISCLOSURE = (Naming.ANONYMOUS, Naming.OFFICE, Naming.FULL)


class QuestionStatus(models.TextChoices):
    """The stage of a question in the chain; `inquiry.services.status.settle_status` alone sets it."""

    RAISED = "raised", _("Raised")
    REFINED = "refined", _("Refined")
    GROUPED = "grouped", _("Grouped")
    IN_DOSSIER = "in_dossier", _("In a dossier")
    CLOSED = "closed", pgettext_lazy("question", "Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# A question of these goes no further.
ENDED_STATUSES = (QuestionStatus.CLOSED, QuestionStatus.WITHDRAWN)


class ClosureReason(models.TextChoices):
    """The reason why a question is closed without being restated."""

    DUPLICATE = "duplicate", _("Asked already")
    NOT_OURS = "not_ours", _("Not for us to answer")


class QuestionSort(models.TextChoices):
    """The order of a list of questions."""

    NEWEST = "newest", pgettext_lazy("order", "Newest")
    OLDEST = "oldest", pgettext_lazy("order", "Oldest")
    VOICES = "voices", pgettext_lazy("order", "Most voices")


class ClusterSort(models.TextChoices):
    """The order of a list of clusters."""

    NEWEST = "newest", pgettext_lazy("order", "Newest")
    QUESTIONS = "questions", pgettext_lazy("order", "Most questions")
    VOICES = "voices", pgettext_lazy("order", "Most voices")


class QuestionOrigin(models.TextChoices):
    """The way in which a question came in."""

    PORTAL = "portal", _("Raised in the portal")
    SHEET = "sheet", _("Imported from a sheet")
    PUBLISHED = "published", _("Imported with a published answer")


class IdentityRequestStatus(models.TextChoices):
    """The state of a keeper's request to learn who asked; an approved one can be read until a day."""

    REQUESTED = "requested", pgettext_lazy("identity request", "waiting for a decision")
    APPROVED = "approved", pgettext_lazy("identity request", "approved")
    REFUSED = "refused", pgettext_lazy("identity request", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("identity request", "withdrawn")
    ENDED = "ended", pgettext_lazy("identity request", "ended")


# From a status to those that it may change to.
IDENTITY_REQUEST_MOVES: dict[str, tuple[str, ...]] = {
    IdentityRequestStatus.REQUESTED: (
        IdentityRequestStatus.APPROVED,
        IdentityRequestStatus.REFUSED,
        IdentityRequestStatus.WITHDRAWN,
    ),
    IdentityRequestStatus.APPROVED: (IdentityRequestStatus.ENDED,),
}


class HeldKind(models.TextChoices):
    """What was sent and is held back."""

    QUESTION = "question", pgettext_lazy("held back", "Question")
    CORRECTION = "correction", pgettext_lazy("held back", "Correction")


class HeldStatus(models.TextChoices):
    """What a reviewer decided about something that was held back."""

    WAITING = "waiting", pgettext_lazy("held back", "waiting for a secrecy review")
    RELEASED = "released", pgettext_lazy("held back", "released")
    REFUSED = "refused", pgettext_lazy("held back", "refused")


class ClusterStatus(models.TextChoices):
    """An absorbed cluster keeps its number and leads to its present holder."""

    OPEN = "open", _("Standing")
    ABSORBED = "absorbed", _("Merged into another")


class DossierStatus(models.TextChoices):
    """A dossier is written, then finished; a finished one can be reopened."""

    DRAFT = "draft", pgettext_lazy("dossier", "In progress")
    FINISHED = "finished", _("Finished")


class DossierPart(models.TextChoices):
    """A part of a dossier that is written before it is finished, in the order of its page."""

    OFFICE = "office", _("Compiling office")
    TARGET = "target", _("Target document")
    GROUNDS = "grounds", _("Grounds")
    ANALYSIS = "analysis", _("Analysis")
    CLAUSES = "clauses", _("Proposed wording")


# From a status to those that it may change to.
DOSSIER_MOVES: dict[str, tuple[str, ...]] = {
    DossierStatus.DRAFT: (DossierStatus.FINISHED,),
    DossierStatus.FINISHED: (DossierStatus.DRAFT,),
}


class ExportFormat(models.TextChoices):
    """The file formats of an exported dossier."""

    DOCX = "docx", "DOCX"
    MARKDOWN = "md", "Markdown"


class ExportStatus(models.TextChoices):
    """The state of an export."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
