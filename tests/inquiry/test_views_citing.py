"""Where cases are used, for their pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inquiry.models import DossierItem
from tests.factories.casebank import CaseFactory, TypicalCaseFactory
from tests.factories.inquiry import DossierFactory, DossierItemFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


def shown(client, case) -> list[str]:
    response = client.get(reverse("inquiry:case_dossiers", args=[case.number]))
    return [row["number"] for row in response.context["rows"]]


def test_dossiers_of_a_case_are_those_the_reader_may_see(client):
    case, analyst = CaseFactory(), UserFactory(roles=["analyst"])
    draft = DossierFactory()
    DossierItem.objects.create(dossier=draft, case=case, position=1, added_by=analyst)
    assert shown(client, case) == []
    client.force_login(UserFactory())
    assert shown(client, case) == []
    client.force_login(analyst)
    assert shown(client, case) == [draft.number]


def test_draft_case_has_no_fragment_for_readers(client):
    case = TypicalCaseFactory()
    dossier = DossierItemFactory(dossier=DossierFactory(status="finished"), case=case).dossier
    response = client.get(reverse("inquiry:case_dossiers", args=[case.number]))
    assert (response.status_code, response.templates[0].name) == (404, "404.html")
    client.force_login(UserFactory(roles=["editor"]))
    assert shown(client, case) == [dossier.number]
