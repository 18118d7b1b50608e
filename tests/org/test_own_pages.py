"""Pages of one's own: profile and notifications."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.org import services
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from portal.org.selectors import unread_count
from tests.factories.org import NotificationFactory, UserFactory

pytestmark = pytest.mark.django_db
GONE = "该通知已不存在，所述操作可能已撤销。"


def test_profile_changes_own_details_only(client):
    user = UserFactory()
    client.force_login(user)
    data = {
        "display_name": "另一个名字",
        "email": "",
        "phone": "0571",
        "language": "zh-hans",
        "username": "x",
    }
    client.post(reverse("org:profile"), data | {"is_superuser": "on"})
    before, name = user.username, user.display_name
    user.refresh_from_db()
    assert (user.display_name, user.phone, user.username, user.is_superuser) == (
        name,
        "0571",
        before,
        False,
    )


def test_own_pages_ask_visitors_to_sign_in(client):
    for name in ("me", "profile", "notifications"):
        address = reverse(f"org:{name}")
        assert client.get(address).url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("rows", [1, 3])
def test_notifications_are_listed_with_few_queries(client, rows, django_assert_num_queries):
    user = UserFactory()
    NotificationFactory.create_batch(rows, recipient=user)
    NotificationFactory()
    client.force_login(user)
    client.get(reverse("org:notifications"))
    with django_assert_num_queries(6):
        page = client.get(reverse("org:notifications")).context["page_obj"]
    assert len(page.object_list) == rows


def test_following_a_notification_marks_it_read(client):
    notification = NotificationFactory()
    client.force_login(notification.recipient)
    response = client.get(reverse("org:open_notification", args=[notification.pk]))
    assert response["Location"] == notification.url
    assert unread_count(notification.recipient) == 0


def test_notification_of_another_person_is_not_there(client):
    notification = NotificationFactory()
    client.force_login(UserFactory(is_superuser=True))
    answers = []
    for key in (notification.pk, uuid.uuid4()):
        answer = client.get(reverse("org:open_notification", args=[key]), follow=True)
        answers.append((answer.redirect_chain, [str(message) for message in answer.context["messages"]]))
    assert answers[0] == answers[1] == ([(reverse("org:notifications"), 302)], [GONE])
    with pytest.raises(PermissionDenied):
        services.mark_read(notification=notification, user=UserFactory())


def test_notification_that_is_recalled_while_it_is_read_fails_nobody():
    notification = NotificationFactory()
    Notification.objects.all().delete()
    services.mark_read(notification=notification, user=notification.recipient)
    assert not Notification.objects.exists()


def test_all_can_be_marked_read(client):
    user = UserFactory()
    NotificationFactory.create_batch(3, recipient=user)
    client.force_login(user)
    client.post(reverse("org:read_notifications"))
    assert unread_count(user) == 0


def test_notify_leaves_no_trace_in_the_audit_log():
    before = ModelLogEntry.objects.count()
    user = UserFactory()
    services.notify(recipient=user, kind=NotificationKind.QUESTION_REFINED, subject="Q", url="/")
    assert unread_count(user) == 1
    assert ModelLogEntry.objects.count() == before


def test_notify_tells_closed_accounts_nothing():
    user = UserFactory(is_active=False)
    assert services.notify(recipient=user, kind=NotificationKind.EXPORT_READY, subject="D", url="/") is None
