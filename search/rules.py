"""Who may do what with results. What each person sees in them is decided by `audience`."""

from portal.org.rules import is_analyst, is_staff_member


def can_export_results(user) -> bool:
    return is_analyst(user)


def can_see_similar(user) -> bool:
    """Suggestions beside a form of staff; visitors search on the page."""
    return is_staff_member(user)
