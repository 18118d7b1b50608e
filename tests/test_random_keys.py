"""Rows that arise for other people's acts have keys that tell neither their order nor their number."""

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.db.models import UUIDField
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from courses.rotation.models import SwapProposal
from inquiry.enums import ExportFormat, Naming
from inquiry.models import (
    AskerIdentity,
    DossierExport,
    Follow,
    HeldSubmission,
    IdentityDisclosure,
    IdentityRequest,
    MeToo,
    QuestionClaim,
)
from inquiry.services.exports import request_export
from inquiry.services.questions import add_me_too, follow
from portal.foundation.models import Letter, RandomKeyModel
from portal.org.enums import NotificationKind
from portal.org.models import (
    AccountApproval,
    AdministratorLink,
    Assignment,
    FileReview,
    Notification,
    PasswordRequest,
)
from portal.org.models.sign_in import FailedSignIns
from portal.org.services import notify
from search.models import SearchTrace
from tests.factories.inquiry import DossierFactory, QuestionFactory
from tests.factories.org import NotificationFactory, UserFactory

MODELS = [
    AccountApproval,
    AdministratorLink,
    Assignment,
    AskerIdentity,
    DBTaskResult,
    DossierExport,
    FailedSignIns,
    FileReview,
    Follow,
    HeldSubmission,
    IdentityDisclosure,
    IdentityRequest,
    Letter,
    MeToo,
    Notification,
    PasswordRequest,
    QuestionClaim,
    SearchTrace,
    SwapProposal,
]
COUNT = 12


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_key_is_random(model):
    key = model._meta.pk
    assert (type(key), key.default) == (UUIDField, uuid.uuid4)


def test_every_model_of_random_keys_is_tried():
    assert {model for model in apps.get_models() if issubclass(model, RandomKeyModel)} <= set(MODELS)


@pytest.mark.django_db
def test_keys_of_notifications_tell_no_order_and_leave_no_gap():
    """An administrator reads the own keys before and after an act on the suspect's question."""
    administrator, suspect = UserFactory(roles=["administrator"]), UserFactory()
    keys = []
    for position in range(COUNT):
        for recipient in (administrator, suspect):
            notification = notify(
                recipient=recipient, kind=NotificationKind.EXPORT_READY, subject=str(position), url="/"
            )
            assert notification is not None
        keys.append(Notification.objects.get(recipient=administrator, subject=str(position)).pk)
    assert [key.version for key in keys] == [4] * COUNT
    # Twelve random keys stand in the order of their making once in 479 million runs.
    assert sorted(keys) != keys


@pytest.mark.django_db
def test_keys_of_exports_and_voices_are_of_version_four():
    question, actor = QuestionFactory(naming=Naming.ANONYMOUS), UserFactory(roles=["analyst"])
    add_me_too(question=question, actor=actor)
    follow(question=question, actor=actor)
    request_export(dossier=DossierFactory(author=actor), format=ExportFormat.MARKDOWN, actor=actor)
    rows = [model.objects.get() for model in (AskerIdentity, DossierExport, Follow, MeToo)]
    assert [row.pk.version for row in rows] == [4] * 4


@pytest.mark.django_db
def test_lists_stand_in_the_order_of_time(client):
    person = UserFactory()
    for position in range(COUNT):
        notification = notify(
            recipient=person, kind=NotificationKind.EXPORT_READY, subject=f"第{position}号", url="/"
        )
        at = timezone.now() - dt.timedelta(minutes=COUNT - position)
        Notification.objects.filter(pk=notification.pk).update(created_at=at)
    client.force_login(person)
    page = client.get("/me/notifications/").context["page_obj"]
    assert [row.subject for row in page] == [f"第{position}号" for position in reversed(range(COUNT))]


@pytest.mark.django_db
def test_a_key_that_was_counted_leads_nowhere(client):
    notification = NotificationFactory()
    client.force_login(notification.recipient)
    assert client.get(f"/me/notifications/{notification.pk}/").url == notification.url
    assert client.get("/me/notifications/1/").status_code == 404
    dossier = DossierFactory(status="finished", finished_on="2026-01-01")
    assert client.get(f"{dossier.get_absolute_url()}exports/1/").status_code == 404
