from casebank.models.cases import CaseSection, CaseTopic, TypicalCase
from casebank.models.kinds import CaseHeading, CaseKind
from casebank.models.pages import CaseIndexPage
from casebank.models.workflows import PeerApprovalTask

__all__ = [
    "CaseHeading",
    "CaseIndexPage",
    "CaseKind",
    "CaseSection",
    "CaseTopic",
    "PeerApprovalTask",
    "TypicalCase",
]
