"""Records named by number or address in pasted text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser

from casebank.models import TypicalCase
from casebank.rules import can_view_case
from inquiry.models import Question, QuestionCluster
from inquiry.selectors.clusters import present_holder
from inquiry.selectors.listings import clusters_visible_to, questions_visible_to
from norms.models import DocumentVersion, Provision
from portal.foundation.numbers import record_numbered
from portal.org.models import User

SEPARATORS = re.compile(r"[\s,，;；、]+")
LAW = re.compile(r"/law/(?P<slug>[^/#]+)/(?:(?P<address>[^/#]+)/)?#(?P<anchor>[^#]+)$")


@dataclass
class Found:
    """What a pasted list of numbers and addresses means; `unknown` keeps what means nothing to this reader."""

    questions: list[Question] = field(default_factory=list)
    clusters: list[QuestionCluster] = field(default_factory=list)
    provisions: list[Provision] = field(default_factory=list)
    cases: list[TypicalCase] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def find_by_numbers(text: str, user: User | AnonymousUser) -> Found:
    """Numbers such as Q-2026-000123, C-2026-0031 (an absorbed one leads to its holder), AL-2026-007, and
    addresses of articles such as /law/社区矫正法/#art-28; only what the reader may see is found.
    """
    found = Found()
    for word in dict.fromkeys(filter(None, SEPARATORS.split(text))):
        if not _take(word, user, found):
            found.unknown.append(word)
    return found


def _take(word: str, user: User | AnonymousUser, found: Found) -> bool:
    if question := record_numbered(questions_visible_to(user), word):
        found.questions.append(question)
    elif cluster := record_numbered(clusters_visible_to(user), word):
        found.clusters.append(present_holder(cluster))
    elif (case := record_numbered(TypicalCase.objects.all(), word)) and can_view_case(user, case):
        found.cases.append(case)
    elif provision := _provision_at(word):
        found.provisions.append(provision)
    else:
        return False
    return True


def _provision_at(word: str) -> Provision | None:
    match = LAW.search(unquote(word))
    if not match:
        return None
    versions = DocumentVersion.objects.filter(document__slug=match["slug"])
    if match["address"]:
        version = next((each for each in versions if each.address == match["address"]), None)
    else:
        version = versions.filter(is_current=True).first()
    return version.provisions.filter(anchor=match["anchor"]).first() if version else None
