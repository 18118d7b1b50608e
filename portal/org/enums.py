from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """Roles are Django groups of these names, with permissions granted by migrations."""

    TRAINEE = "trainee", _("Trainee")
    COORDINATOR = "coordinator", _("Coordinator")
    EDITOR = "editor", _("Editor")
    ANALYST = "analyst", _("Analyst")
    SIGNATORY = "signatory", _("Signatory")
    KEEPER = "keeper", _("Keeper")
    REVIEWER = "reviewer", _("Secrecy reviewer")
    ADMINISTRATOR = "administrator", _("Administrator")


# What somebody with a role may do, for those who give roles and those who have them.
ROLE_EXPLANATIONS: dict[str, Any] = {
    Role.TRAINEE: _("Reads what is open to the departments and raises questions. So does every other role."),
    Role.COORDINATOR: _(
        "Plans sessions and announces them, imports questions, drafts cases, and sees what the own department is late "
        "with."
    ),
    Role.EDITOR: _("Writes, approves and publishes cases, imports law, edits the pages of the site."),
    Role.ANALYST: _(
        "Restates and groups questions, writes dossiers, imports questions, keeps synonyms; reads texts that name "
        "real cases or people."
    ),
    Role.SIGNATORY: _("Speaks for the department; reads finished dossiers and what they rest on."),
    Role.KEEPER: _(
        "Can ask who raised an anonymous question; a keeper of another department decides, and the asker is told. "
        "Takes a second administrator."
    ),
    Role.REVIEWER: _("Releases or deletes texts and files that bear a mark of classification."),
    Role.ADMINISTRATOR: _(
        "Makes and closes accounts, gives roles, keeps departments, offices and settings. Does not see who asked. "
        "Takes a second administrator."
    ),
}

# Whoever has one of these roles can learn who asked, alone or with somebody else: one administrator neither gives
# them nor opens an account that has them.
GUARDED_ROLES = frozenset({Role.KEEPER, Role.ADMINISTRATOR})


class ApprovalKind(models.TextChoices):
    """What takes a second administrator."""

    EARLIER_QUESTIONS = "earlier_questions", _("Open earlier questions")
    ROLE = "role", _("Give a role")
    PASSWORD_LINK = "password_link", _("Release a password link")


class ApprovalDecision(models.TextChoices):
    """What became of an act that takes a second administrator."""

    APPROVED = "approved", pgettext_lazy("approval", "approved")
    REFUSED = "refused", pgettext_lazy("approval", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")
    SUPERSEDED = "superseded", pgettext_lazy("approval", "superseded")


class Level(models.TextChoices):
    """The level of an office."""

    NATIONAL = "national", _("National")
    PROVINCIAL = "provincial", _("Provincial")
    MUNICIPAL = "municipal", _("Municipal")
    COUNTY = "county", _("County")


class AssignmentKind(models.TextChoices):
    """What is to be done about the subject of an assignment."""

    REFINE = "refine", _("Refine the question")
    STUDY = "study", _("Study the cluster")
    WRITE = "write", _("Write the dossier")
    APPROVE_CASE = "approve_case", _("Approve the case")
    APPROVE_PAGE = "approve_page", _("Approve the page")
    HAND_OVER_LINK = "hand_over_link", _("Hand over a password link")
    DECIDE_ON_ACCOUNT = "decide_on_account", _("Decide as second administrator")
    DECIDE_ON_IDENTITY = "decide_on_identity", _("Decide on the identity request")
    REVIEW_SECRECY = "review_secrecy", _("Review for secrets")
    STATE_POSITION = "state_position", _("Take a position")
    COUNTERSIGN = "countersign", _("Countersign the text")
    CONFIRM_REPLY = "confirm_reply", _("Confirm a stamped reply")
    LEAD_MATTER = "lead_matter", _("Decide how the matter goes on")
    ANSWER_SWAP = "answer_swap", _("Answer the proposed swap of turns")


# Work between people, who say themselves that it is done; the rest is done where its subject is.
COMPLETED_BY_PEOPLE = frozenset({AssignmentKind.REFINE, AssignmentKind.STUDY, AssignmentKind.WRITE})


class FileReviewStatus(models.TextChoices):
    """What is known about marks of classification in an uploaded file."""

    CLEAR = "clear", _("no mark of classification was found")
    UNREAD = "unread", _("the file, or a part of it, could not be read")
    HELD = "held", _("held back")
    RELEASED = "released", _("released")
    REFUSED = "refused", _("not taken, and deleted")


class NotificationKind(models.TextChoices):
    """What happened; some labels name the record in which it ended, `Notification.number`."""

    QUESTION_REFINED = "question_refined", _("Your question was refined")
    QUESTION_GROUPED = "question_grouped", _("Your question was grouped as %(number)s")
    QUESTION_REGROUPED = "question_regrouped", _("Your question moved to %(number)s")
    QUESTION_UNGROUPED = "question_ungrouped", _("Your question was taken out of %(number)s")
    QUESTION_CLOSED = "question_closed", _("Your question was closed, with a reply")
    QUESTION_REOPENED = "question_reopened", _("Your question is open again")
    QUESTION_IN_DOSSIER = "question_in_dossier", _("Your question became source material of %(number)s")
    FOLLOWED_REFINED = "followed_refined", _("A question that you follow was refined")
    FOLLOWED_GROUPED = "followed_grouped", _("A question that you follow was grouped as %(number)s")
    FOLLOWED_REGROUPED = "followed_regrouped", _("A question that you follow moved to %(number)s")
    FOLLOWED_UNGROUPED = "followed_ungrouped", _("A question that you follow was taken out of %(number)s")
    FOLLOWED_CLOSED = "followed_closed", _("A question that you follow was closed")
    FOLLOWED_REOPENED = "followed_reopened", _("A question that you follow is open again")
    FOLLOWED_IN_DOSSIER = (
        "followed_in_dossier",
        _("A question that you follow became source material of %(number)s"),
    )
    IDENTITY_DISCLOSED = "identity_disclosed", _("Who asked this question may be read for a stated reason")
    IDENTITY_DECIDED = "identity_decided", _("Your identity request was decided")
    SUBMISSION_RELEASED = "submission_released", _("What you sent passed the secrecy review")
    SUBMISSION_REFUSED = "submission_refused", _("What you sent was not taken, and its text was deleted")
    FILE_HELD = "file_held", _("Your file bears a mark of classification and is held back")
    FILE_RELEASED = "file_released", _("Your file passed the secrecy review")
    FILE_REFUSED = "file_refused", _("Your file was not taken, and was deleted")
    EXPORT_READY = "export_ready", _("Your export is ready")
    EXPORT_FAILED = "export_failed", _("Your export failed")
    PASSWORD_LINK_MADE = "password_link_made", _("A password link was made for your account")
    SIGN_IN_SLOWED = "sign_in_slowed", _("Wrong passwords were typed for your account again and again")
    PASSWORD_REQUESTED = "password_requested", _("Somebody asks for a password link")
    PASSWORD_LINK_MAILED = "password_link_mailed", _("A link for a new password was mailed to you")
    PASSWORD_SET_BY_LINK = "password_set_by_link", _("Your password was set through a link")
    ADDRESS_CHANGING = "address_changing", _("Your e-mail address is about to change")
    ADDRESS_CHANGED = "address_changed", _("Your e-mail address was changed")
    APPROVAL_NEEDED = "approval_needed", _("A second administrator is needed")
    APPROVAL_DECIDED = "approval_decided", _("Two administrators decided on an account")
    EARLIER_CLOSED = "earlier_closed", _("What you asked earlier without your name is closed for now")
    EARLIER_RELEASED = "earlier_released", _("What you asked earlier without your name is open again")
    CLAIM_TAKEN_OVER = "claim_taken_over", _("A colleague took over what you had claimed")
    SUBMISSION_APPROVED = "submission_approved", _("What you submitted was approved and published")
    SUBMISSION_RETURNED = "submission_returned", _("Changes to what you submitted are asked for")
    POSITION_NEEDED = "position_needed", _("A text waits for your department's position")
    SIGNATURE_NEEDED = "signature_needed", _("A text waits for your department's signature")
    SIGNATURE_VOIDED = "signature_voided", _("A text that you signed was changed: sign the new one or differ")
    MATTER_SETTLED = "matter_settled", _("A text that your department takes part in is settled")
    ASSIGNED = "assigned", _("Something was assigned to you")
    ASSIGNMENT_DUE = "assignment_due", _("Something that waits for you is due soon")
    ASSIGNMENT_OVERDUE = "assignment_overdue", _("Something that waits for you is overdue")
    TURNS_CHANGED = "turns_changed", _("Turns to host were changed or confirmed")
    SWAP_PROPOSED = "swap_proposed", _("A department asks to swap turns with yours")
    SWAP_ANSWERED = "swap_answered", _("The swap of turns that you proposed was decided")
