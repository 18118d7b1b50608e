"""Create cases, publish them, and do what follows from it.

Drafts, revisions, locks and approval are Wagtail's.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from casebank.models import CaseKind, TypicalCase
from casebank.rules import can_change_case_kinds, can_curate_cases
from norms.models import Citation
from norms.services.citations import record_citations
from portal.foundation.codes import require_unchanged_code
from portal.foundation.joining import listed
from portal.foundation.revisions import snapshot, values_before
from portal.foundation.services import next_number, reserve_number
from portal.foundation.signals import announce_changed, announce_removed
from portal.org.models import User
from portal.org.services import present_topic


def give_number(*, case: TypicalCase, number: str | None = None) -> TypicalCase:
    """Give a new case its permanent number before it is first saved; `number` is one from elsewhere."""
    # The form saves drafts again and again; a number that was given stays.
    if not case.number:
        year = timezone.localdate().year
        case.number = (
            reserve_number(number=number) if number else next_number(series="AL", year=year, width=3)
        )
    return case


@transaction.atomic
def create_case(*, case: TypicalCase, actor: User | None, number: str | None = None) -> TypicalCase:
    """Save a new case, built with its sections and topics, as a draft with its first revision.

    `actor` is None for a command at the server.
    """
    if actor is not None and not can_curate_cases(actor):
        raise PermissionDenied
    give_number(case=case, number=number)
    # Wagtail publishes revisions: a case is a draft until one of them goes live.
    case.live = False
    case.save()
    case.save_revision(user=actor)
    log(case, "wagtail.create", user=actor)
    return case


@transaction.atomic
def update_case_kind(*, kind: CaseKind, actor: User) -> CaseKind:
    """Save a changed kind with its headings; raises ValidationError for another code once a case has it."""
    if not can_change_case_kinds(actor):
        raise PermissionDenied
    require_unchanged_code(kind)
    before = snapshot(CaseKind.objects.select_for_update().get(pk=kind.pk))
    kind.save()
    data = {"before": values_before(before, snapshot(CaseKind.objects.get(pk=kind.pk)))}
    log(kind, "wagtail.edit", user=actor, content_changed=True, data=data)
    return kind


@transaction.atomic
def publish_case(*, case: TypicalCase, actor: User | None) -> TypicalCase:
    """Publish the latest draft; raises PermissionDenied, and ValidationError where a heading has no text."""
    draft = case.get_latest_revision_as_object()
    check_sections(draft)
    case.get_latest_revision().publish(user=actor, skip_permission_checks=actor is None)
    case.refresh_from_db()
    return case


def check_sections(case: TypicalCase) -> None:
    """Raise ValidationError where a heading that the case's kind requires has no text."""
    written = {section.heading_id for section in case.sections.all() if section.body.strip()}
    required = case.kind.headings.filter(is_required=True)
    missing = [heading.name_here for heading in required if heading.pk not in written]
    if missing:
        raise ValidationError(_("Nothing is written under %(headings)s.") % {"headings": listed(missing)})


@transaction.atomic
def complete_publication(*, case: TypicalCase) -> None:
    """Do what follows from publishing: replace merged topics, record citations, tell the index."""
    case = TypicalCase.objects.get(pk=case.pk)
    topics = [present_topic(item.tag) for item in case.topic_items.select_related("tag")]
    if {topic.pk for topic in topics} != {item.tag_id for item in case.topic_items.all()}:
        case.topics.set(topics)
        case.save()
    record_case_citations(case=case)
    announce_changed(case)


@transaction.atomic
def record_case_citations(*, case: TypicalCase) -> None:
    """Record the citations of every section, and drop those of sections that are no more.

    The law is read as of the day of the decision, else of the first publication.
    """
    published_at = case.first_published_at or timezone.now()
    read_on = case.decided_on or timezone.localdate(published_at)
    fields = []
    for section in case.sections.all():
        fields.append(section.citation_field)
        record_citations(source=case, field=section.citation_field, text=section.body, read_on=read_on)
    Citation.objects.of_source(case).exclude(field__in=fields).delete()


@transaction.atomic
def withdraw_case(*, case: TypicalCase) -> None:
    """Do what follows from unpublishing: the case leaves the index, and its citations no longer count."""
    Citation.objects.of_source(case).delete()
    announce_removed(case)
