"""Records that a person selects by pasting their numbers or addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser

from casebank.models import TypicalCase
from casebank.rules import can_view_case
from inquiry.models import Question, QuestionCluster
from inquiry.selectors.clusters import current_holder
from inquiry.selectors.listings import clusters_visible_to, questions_visible_to
from norms.models import DocumentVersion, NormativeDocument, Provision
from portal.foundation.numbers import record_numbered
from portal.org.models import User

SEPARATORS = re.compile(r"[\s,，;；、]+")
# The address of a provision: document, version (none for the current one) and the anchor of the provision.
PROVISION_URL = re.compile(r"/law/(?P<slug>[^/#]+)/(?:(?P<address>[^/#]+)/)?#(?P<anchor>[^#]+)$")


@dataclass
class Selection:
    """Records that a person selected; `unknown` are the words that mean nothing to this person."""

    questions: list[Question] = field(default_factory=list)
    clusters: list[QuestionCluster] = field(default_factory=list)
    provisions: list[Provision] = field(default_factory=list)
    documents: list[NormativeDocument] = field(default_factory=list)
    cases: list[TypicalCase] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def records_by_number(text: str, user: User | AnonymousUser) -> Selection:
    """Return the records that a text names, as far as the person may see them.

    Words are numbers such as Q-2026-000123, C-2026-0031 (an absorbed one leads to its holder) and AL-2026-007, and
    addresses of provisions such as /law/社区矫正法/#art-28.
    """
    selection = Selection()
    for word in dict.fromkeys(filter(None, SEPARATORS.split(text))):
        if not _add_record(selection, word, user):
            selection.unknown.append(word)
    return selection


def _add_record(selection: Selection, word: str, user: User | AnonymousUser) -> bool:
    """Add the record that a word names; tell whether there is one."""
    if question := record_numbered(questions_visible_to(user), word):
        selection.questions.append(question)
    elif cluster := record_numbered(clusters_visible_to(user), word):
        selection.clusters.append(current_holder(cluster))
    elif (case := record_numbered(TypicalCase.objects.all(), word)) and can_view_case(user, case):
        selection.cases.append(case)
    elif provision := _provision_at(word):
        selection.provisions.append(provision)
    else:
        return False
    return True


def _provision_at(url: str) -> Provision | None:
    match = PROVISION_URL.search(unquote(url))
    if not match:
        return None
    versions = DocumentVersion.objects.filter(document__slug=match["slug"])
    if match["address"]:
        version = next((version for version in versions if version.address == match["address"]), None)
    else:
        version = versions.filter(is_current=True).first()
    return version.provisions.filter(anchor=match["anchor"]).first() if version else None
