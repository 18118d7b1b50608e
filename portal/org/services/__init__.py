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
from portal.org.services.assignments import (
    assign,
    claim_assignment,
    complete_assignment,
    complete_assignments,
    end_assignments,
    give_back_assignment,
    pause_assignment,
    resume_assignment,
)
from portal.org.services.departments import create_department, update_department
from portal.org.services.memberships import move_to_office
from portal.org.services.notifications import mark_all_read, mark_read, notify
from portal.org.services.topics import merge_topic, present_topic

__all__ = [
    "PasswordLink",
    "answer_forgotten_password",
    "assign",
    "claim_assignment",
    "complete_assignment",
    "complete_assignments",
    "create_account",
    "create_department",
    "end_assignments",
    "give_back_assignment",
    "issue_password_link",
    "mark_all_read",
    "mark_read",
    "merge_topic",
    "move_to_office",
    "notify",
    "pause_assignment",
    "present_topic",
    "resume_assignment",
    "set_password",
    "update_account",
    "update_department",
    "update_profile",
]
