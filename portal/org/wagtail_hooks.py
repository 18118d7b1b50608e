"""Registration of people, departments, offices and topics in Wagtail's admin."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from portal.org.files import can_view_file
from portal.org.models.pages import CheckedPage
from portal.org.rules import is_staff_member
from portal.org.views.bulk_tags import TagDocumentsBulkAction, TagImagesBulkAction
from portal.org.views.pages import CheckedPublishBulkAction
from portal.org.viewsets.organisation import OrganisationGroup
from portal.org.viewsets.people import account_urls
from portal.org.viewsets.settings import settings_urls

ACTIONS = {
    "org.create_account": (_("Make account"), _("Made the account")),
    "org.change_account": (_("Change account"), _("Changed the account")),
    "org.move_to_office": (_("Move to office"), _("Moved to another office")),
    "org.issue_password_link": (_("Make password link"), _("Made a link for the password")),
    "org.set_password_by_link": (_("Set password by link"), _("The password was set through a link")),
    "org.request_address": (_("Ask for e-mail address"), _("Asked for another e-mail address")),
    "org.cancel_address": (_("Keep e-mail address"), _("Kept the present e-mail address")),
    "org.confirm_address": (_("Confirm e-mail address"), _("Said that the e-mail address is the own one")),
    "org.change_address": (_("Change e-mail address"), _("The new e-mail address counts")),
    "org.request_approval": (_("Ask for approval"), _("Asked for a second administrator")),
    "org.withdraw_approval": (_("Withdraw"), _("Withdrew what waited for a second administrator")),
    "org.decide_approval": (_("Decide"), _("Decided as second administrator")),
    "org.set_password": (_("Set password"), _("Set the password")),
    "org.assign": (_("Assign"), _("Assigned")),
    "org.claim_assignment": (_("Claim"), _("Took what waits")),
    "org.give_back_assignment": (_("Give back"), _("Gave back what waits")),
    "org.pause_assignment": (_("Put aside"), _("Put aside what waits")),
    "org.resume_assignment": (_("Resume"), _("Took up again what waits")),
    "org.reopen_assignment": (_("Open an assignment again"), _("What was done was taken back")),
    "org.complete_assignment": (_("Complete"), _("Did what waited")),
    "org.end_assignment": (_("End"), _("Ended what waited")),
    "org.file.hold": (_("Hold file back"), _("A file was held back for a secrecy review")),
    "org.file.release": (_("Release file"), _("A file passed the secrecy review")),
    "org.file.refuse": (_("Refuse file"), _("A file was not taken after the secrecy review")),
    "org.seed_working_days": (_("Fill in working days"), _("Filled in the published working days")),
    "org.save_working_days": (_("Save working days"), _("Saved the working days")),
    "org.merge_topic": (_("Merge topic"), _("Merged into another topic")),
}


@hooks.register("register_admin_viewset")
def register_organisation() -> OrganisationGroup:
    return OrganisationGroup()


@hooks.register("register_admin_urls")
def register_account_pages() -> list[URLPattern]:
    return account_urls()


# Before Wagtail's own pages of settings, whose address it takes.
@hooks.register("register_admin_urls", order=-1)
def register_settings_pages() -> list[URLPattern]:
    return settings_urls()


@hooks.register("after_publish_page")
def name_who_checked(request: HttpRequest, page: Page) -> None:
    """Name who published a page in its editor, which does not call the page's `publish`."""
    if isinstance(page, CheckedPage) and is_staff_member(request.user):
        page.record_secrecy_check(request.user)


# After Wagtail's own, whose place they take.
for action in (CheckedPublishBulkAction, TagDocumentsBulkAction, TagImagesBulkAction):
    hooks.register("register_bulk_action", action, order=1)


@hooks.register("before_serve_document")
def check_document(document: AbstractDocument, request: HttpRequest) -> None:
    """Serve documents, too, to those alone who may read them."""
    if not can_view_file(request.user, document):
        raise Http404


@hooks.register("construct_image_chooser_queryset")
def match_tags_by_subquery(images: QuerySet[AbstractImage], request: HttpRequest) -> QuerySet[AbstractImage]:
    """Let the chooser search among the images of a tag: Wagtail's search refuses to filter by a joined table."""
    tag = request.GET.get("tag")
    if not tag:
        return images
    tagged = images.model._default_manager.filter(pk__in=images.order_by().values("pk"))
    with_renditions = tagged.select_related("collection").prefetch_renditions("max-165x165")
    return with_renditions.order_by(*images.query.order_by)


@hooks.register("insert_global_admin_js")
def drafts_script() -> str:
    """Load the script that deletes drafts where a person signs out in the admin."""
    return format_html('<script src="{}" defer></script>', static("js/drafts.js"))


@hooks.register("register_log_actions")
def register_actions(registry: LogActionRegistry) -> None:
    for action, (label, message) in ACTIONS.items():
        registry.register_action(action, label, message)
