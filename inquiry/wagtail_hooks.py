"""Registration of category mappings and log actions in Wagtail's admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from inquiry.viewsets import CategoryMappingViewSet

# Label in filters, and message in the log, of each action that services record.
LOG_ACTIONS = {
    "question.raise": (_("Raise a question"), _("Question raised")),
    "question.withdraw": (_("Withdraw a question"), _("Question withdrawn by its asker")),
    "question.correct": (_("Correct a question"), _("Correction appended by the asker")),
    "question.import": (_("Import questions"), _("Questions imported from a file")),
    "question.request_identity": (_("Ask who asked"), _("A keeper asked to learn who asked")),
    "question.decide_identity": (_("Decide on an identity request"), _("Another keeper decided on it")),
    "question.end_identity": (_("End an identity request"), _("The identity request was ended")),
    "question.reveal": (_("Learn who asked"), _("A keeper learned who asked")),
    "held.hold": (_("Hold back"), _("Held back for a secrecy review")),
    "held.release": (_("Release after review"), _("Passed the secrecy review")),
    "held.refuse": (_("Refuse after review"), _("Not taken after the secrecy review")),
    "question.refine": (_("Refine a question"), _("Question refined")),
    "question.undo_refine": (_("Take a restated form back"), _("Restated form taken back")),
    "question.claim": (_("Claim a question"), _("Question claimed for a while")),
    "question.release": (_("Give a question back"), _("Claimed question given back")),
    "question.close": (_("Close a question"), _("Question closed with a reply")),
    "question.reopen": (_("Open a question again"), _("Closed question opened again")),
    "question.link": (_("Link a provision"), _("Provision linked")),
    "question.unlink": (_("Unlink a provision"), _("Provision unlinked")),
    "cluster.create": (_("Make a cluster"), _("Cluster made")),
    "cluster.edit": (_("Edit a cluster"), _("Cluster edited")),
    "cluster.add": (_("Group questions"), _("Questions put in the cluster")),
    "cluster.undo_add": (_("Take a grouping back"), _("Grouping taken back")),
    "cluster.remove": (_("Remove a question from a cluster"), _("Question removed from the cluster")),
    "cluster.split": (_("Split a cluster"), _("Cluster split")),
    "cluster.merge": (_("Merge clusters"), _("Another cluster merged into this one")),
    "cluster.undo_merge": (_("Undo a merge"), _("Merge undone")),
    "dossier.create": (_("Open a dossier"), _("Dossier opened")),
    "dossier.edit": (_("Edit a dossier"), _("Dossier edited")),
    "dossier.gather": (_("Gather sources"), _("Sources put in the dossier")),
    "dossier.drop": (_("Take a source out"), _("Source taken out of the dossier")),
    "dossier.order": (_("Reorder a dossier"), _("Order changed")),
    "dossier.clause": (_("Write a clause"), _("Proposed wording changed")),
    "dossier.move": (_("Finish or reopen a dossier"), _("Dossier finished or reopened")),
    "dossier.export": (_("Export a dossier"), _("Dossier exported")),
}


@hooks.register("register_log_actions")
def register_log_actions(registry: LogActionRegistry) -> None:
    for name, (label, message) in LOG_ACTIONS.items():
        registry.register_action(f"inquiry.{name}", label, message)


@hooks.register("register_admin_viewset")
def register_category_mappings() -> CategoryMappingViewSet:
    return CategoryMappingViewSet()
