from casebank.models.cases import CaseSection, CaseTopic, TypicalCase
from casebank.models.kinds import CaseHeading, CaseKind

__all__ = ["CaseHeading", "CaseKind", "CaseSection", "CaseTopic", "TypicalCase"]
