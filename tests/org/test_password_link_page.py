"""The page on which an administrator makes a link for a password."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


def test_link_can_be_copied_without_https(client):
    """Wagtail's own button asks for what browsers have only on pages that came by HTTPS, and does nothing else."""
    client.force_login(UserFactory(roles=["administrator"], language="en"))
    account = UserFactory(email="")
    html = client.post(reverse("org_password_link", args=[account.pk])).content.decode()
    [link] = re.findall(r'id="password-link"\s+type="text"\s+readonly\s+value="([^"]+)"', html)
    assert f'data-copy="{link}"' in html
    assert 'data-copied="Copied"' in html
    assert 'src="/static/js/app.js"' in html
    assert "w-clipboard" not in html
