from portal.org.models.accounts import PasswordRequest
from portal.org.models.approvals import AccountApproval, AdministratorLink
from portal.org.models.assignments import Assignment
from portal.org.models.departments import Department, Office, OfficeAlias
from portal.org.models.notifications import Notification
from portal.org.models.portal_settings import PortalSettings
from portal.org.models.secrecy import FileReview
from portal.org.models.sign_in import FailedSignIns
from portal.org.models.topics import Topic
from portal.org.models.users import Membership, User
from portal.org.models.working_days import CalendarYear, SpecialDay

__all__ = [
    "AccountApproval",
    "AdministratorLink",
    "Assignment",
    "CalendarYear",
    "Department",
    "FailedSignIns",
    "FileReview",
    "Membership",
    "Notification",
    "Office",
    "OfficeAlias",
    "PasswordRequest",
    "PortalSettings",
    "SpecialDay",
    "Topic",
    "User",
]
