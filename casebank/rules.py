"""Who may see and do what with cases."""

from portal.org.rules import ALL, is_staff_member


def audience(case) -> list[str]:
    """Published cases are public; drafts are in no index."""
    return [ALL] if case.live else []


def can_curate_cases(user) -> bool:
    return is_staff_member(user) and user.has_perm("casebank.change_typicalcase")


def can_change_case_kinds(user) -> bool:
    return is_staff_member(user) and user.has_perm("casebank.change_casekind")


def can_view_case(user, case) -> bool:
    return case.live or can_curate_cases(user)
