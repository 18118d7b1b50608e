"""Every page of which `./run screenshots` takes pictures has an address of its own in the portal."""

from __future__ import annotations

import pytest
from django.urls import resolve

from docs.screenshots import SCENES

# Where Wagtail sends what no page of the admin answers: it says 404.
NO_PAGE = "wagtail.admin.views.home.default"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_address_of_a_picture_leads_to_a_page(scene):
    assert resolve(scene.address.partition("?")[0]).view_name != NO_PAGE
