"""Writes of `org`: one function for each action."""

from portal.org.services.accounts import create_account, update_account, update_profile
from portal.org.services.addresses import cancel_address_change, confirm_address, request_address_change
from portal.org.services.approvals import grant_approval, refuse_approval, withdraw_approval
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
from portal.org.services.passwords import (
    PasswordLink,
    administrator_link,
    answer_forgotten_password,
    check_code,
    close_earlier_questions,
    issue_password_link,
    opens_account,
    set_password,
    set_password_by_link,
)
from portal.org.services.topics import merge_topic, present_topic

__all__ = [
    "PasswordLink",
    "administrator_link",
    "answer_forgotten_password",
    "assign",
    "cancel_address_change",
    "check_code",
    "claim_assignment",
    "close_earlier_questions",
    "complete_assignment",
    "complete_assignments",
    "confirm_address",
    "create_account",
    "create_department",
    "end_assignments",
    "give_back_assignment",
    "grant_approval",
    "issue_password_link",
    "mark_all_read",
    "mark_read",
    "merge_topic",
    "move_to_office",
    "notify",
    "opens_account",
    "pause_assignment",
    "present_topic",
    "refuse_approval",
    "request_address_change",
    "resume_assignment",
    "set_password",
    "set_password_by_link",
    "update_account",
    "update_department",
    "update_profile",
    "withdraw_approval",
]
