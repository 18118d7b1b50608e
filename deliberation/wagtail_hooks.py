"""Registration of log actions in Wagtail's admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

# Label in filters, and message in the log, of each action that services record.
LOG_ACTIONS = {
    "open": (_("Open a matter"), _("Matter opened")),
    "put_version": (_("Put a text"), _("New version of the text put")),
    "void": (_("Void signatures"), _("Signatures void since the text has changed")),
    "consult": (_("Open a consultation"), _("Consultation opened")),
    "position": (_("Take a position"), _("Position taken")),
    "silence": (_("Record silence"), _("Silence recorded as no objection")),
    "answer": (_("Answer an opinion"), _("Opinion answered")),
    "remark": (_("Remark on a passage"), _("Remark made")),
    "reply": (_("Reply to a remark"), _("Remark replied to")),
    "resolve": (_("Resolve a remark"), _("Remark resolved")),
    "carry": (_("Carry a remark"), _("Remark kept for later")),
    "open_signing": (_("Open signing"), _("Signing opened")),
    "sign": (_("Countersign"), _("Text signed for a party")),
    "confirm_reply": (_("Confirm a stamped reply"), _("Stamped reply confirmed by another party")),
    "withdraw": (_("Withdraw a signature"), _("Signature withdrawn")),
    "freeze": (_("Settle a matter"), _("Text settled")),
    "issue": (_("Issue a text"), _("Document number entered")),
    "close": (_("Close a matter"), _("Matter closed without agreement")),
    "escalate": (_("Take a difference higher"), _("Difference taken higher")),
    "outcome": (_("Record an outcome"), _("Outcome of an escalation recorded")),
    "deputise": (_("Give a deputation"), _("Deputation given")),
    "end_deputation": (_("End a deputation"), _("Deputation ended")),
}


@hooks.register("register_log_actions")
def register_log_actions(registry: LogActionRegistry) -> None:
    for name, (label, message) in LOG_ACTIONS.items():
        registry.register_action(f"deliberation.{name}", label, message)
