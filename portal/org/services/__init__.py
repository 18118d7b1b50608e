"""Writes of `org`: one function for each action."""

from portal.org.services.accounts import (
    PasswordLink,
    answer_forgotten_password,
    create_account,
    issue_password_link,
    set_password,
    update_account,
    update_profile,
)
from portal.org.services.departments import create_department, update_department
from portal.org.services.memberships import move_to_office
from portal.org.services.notifications import mark_all_read, mark_read, notify
from portal.org.services.topics import merge_topic, present_topic

__all__ = [
    "PasswordLink",
    "answer_forgotten_password",
    "create_account",
    "create_department",
    "issue_password_link",
    "mark_all_read",
    "mark_read",
    "merge_topic",
    "move_to_office",
    "notify",
    "present_topic",
    "set_password",
    "update_account",
    "update_department",
    "update_profile",
]
