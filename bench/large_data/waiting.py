"""What waits, was told, was searched, was logged."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import ModelLogEntry

from bench.large_data.base import BaseMaker
from bench.large_data.sizes import NOW, WORDS
from inquiry.models import (
    HeldSubmission,
    IdentityRequest,
    Question,
)
from portal.org.enums import ApprovalKind, AssignmentKind, NotificationKind, Role
from portal.org.models import (
    AccountApproval,
    Assignment,
    Notification,
    PasswordRequest,
    User,
)
from search.models import OutboxEntry, SearchTrace


class WaitingMaker(BaseMaker):
    def _own_rows(self, question: Question) -> None:
        count = self.sizes.own
        for reader in (self.trainee, self.analyst, self.administrator):
            Notification.objects.bulk_create(
                Notification(
                    recipient=reader, kind=NotificationKind.QUESTION_REFINED, subject=question.number
                )
                for _ in range(count)
            )
            self._assignments(reader, count)
        HeldSubmission.objects.bulk_create(
            HeldSubmission(kind="question", text=f"机密★ {WORDS}", marks=["机密★"], user=self.trainee)
            for _ in range(count)
        )
        IdentityRequest.objects.bulk_create(
            IdentityRequest(question=row, requested_by=self.administrator, reason="核实案情")
            for row in self.questions[:count]
        )
        IdentityRequest.objects.bulk_create(
            IdentityRequest(question=row, requested_by=self.analyst, reason="核实案情")
            for row in self.questions[:count]
        )
        asked_for = self.people[3:]
        for decision in ("", "approved"):
            AccountApproval.objects.bulk_create(
                AccountApproval(
                    kind=ApprovalKind.ROLE,
                    account=person,
                    role=Role.KEEPER,
                    requested_by=self.analyst,
                    decision=decision,
                    decided_at=NOW if decision else None,
                    decided_by=self.administrator if decision else None,
                )
                for person in asked_for
            )
        PasswordRequest.objects.bulk_create(PasswordRequest(user=person) for person in asked_for)
        OutboxEntry.objects.bulk_create(
            OutboxEntry(
                engine="embedded", kind="question", object_id=row.pk, parked_at=NOW, last_error="Error"
            )
            for row in self.questions[:count]
        )
        SearchTrace.objects.bulk_create(
            SearchTrace(
                text=f"减刑{number}",
                key=f"减刑{number}",
                interface="page",
                engine="embedded",
                hits=0,
                strict_hits=0,
                milliseconds=1,
                searched_on=timezone.localdate(),
            )
            for number in range(self.sizes.vocabulary)
        )

    def _assignments(self, reader: User, count: int) -> None:
        kind = ContentType.objects.get_for_model(Question)
        Assignment.objects.bulk_create(
            Assignment(content_type=kind, object_id=str(row.pk), what=AssignmentKind.REFINE, person=reader)
            for row in self.questions[:count]
        )

    def _log(self, *records: Any) -> None:
        types = ContentType.objects.get_for_models(*map(type, records))
        share = self.sizes.log // (2 * len(records))
        ModelLogEntry.objects.bulk_create(
            ModelLogEntry(
                content_type=types[type(record)],
                object_id=str(record.pk),
                label=str(record)[:200],
                action="wagtail.edit",
                user=self.administrator,
                timestamp=NOW,
                data={},
            )
            for record in (*records, *records)
            for _ in range(share)
        )
