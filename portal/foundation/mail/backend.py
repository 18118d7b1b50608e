"""Django's e-mail backend of the portal: whatever sends mail stores letters, and meets no mail server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from portal.foundation.models import Letter


class EmailBackend(BaseEmailBackend):
    """Stores each message as a `Letter`, in the transaction of the caller if there is one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store messages and return how many. Raises ValueError for an attachment, BadHeaderError for a line break."""
        letters = [_letter(message) for message in email_messages if message.recipients()]
        Letter.objects.bulk_create(letters)
        return len(letters)


def _letter(message: EmailMessage) -> Letter:
    if message.attachments:
        raise ValueError("a letter carries no attachments")
    # The message is built for its checks: what is wrong with it is told to the caller, not to the worker.
    message.message()
    key = uuid4()
    return Letter(pk=key, message=_fields(message, message_id=_message_id(key.hex, message.from_email)))


def _fields(message: EmailMessage, *, message_id: str) -> dict[str, Any]:
    """Return the arguments from which EmailMultiAlternatives makes the message again."""
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": message.from_email,
        "to": message.to,
        "cc": message.cc,
        "bcc": message.bcc,
        "reply_to": message.reply_to,
        "headers": {"Message-ID": message_id, **message.extra_headers},
        "alternatives": [[str(content), kind] for content, kind in getattr(message, "alternatives", [])],
    }


def _message_id(key: str, sender: str) -> str:
    """Return the same identifier for every attempt, by which a mailbox recognises what it has already."""
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{key}@{domain}>"
