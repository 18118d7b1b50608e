from deliberation.models.consultations import Consultation, Position
from deliberation.models.deputations import Deputation
from deliberation.models.escalations import Escalation
from deliberation.models.matters import Matter, Party
from deliberation.models.remarks import Remark, RemarkReply
from deliberation.models.signatures import Countersignature
from deliberation.models.versions import Attendee, TextVersion, VersionFile

__all__ = [
    "Attendee",
    "Consultation",
    "Countersignature",
    "Deputation",
    "Escalation",
    "Matter",
    "Party",
    "Position",
    "Remark",
    "RemarkReply",
    "TextVersion",
    "VersionFile",
]
