"""Kinds of cases: their code does not change once a case has it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation

from casebank import services
from casebank.models import CaseKind
from tests.factories.casebank import CaseHeadingFactory, CaseKindFactory, TypicalCaseFactory
from tests.factories.org import UserFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser(client):
    user = UserFactory(is_superuser=True, is_staff=True)
    client.force_login(user)
    return user


def edit(client, kind, **changes):
    headings = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    data = {name: getattr(kind, name) for name in ("name", "name_en", "code")}
    data |= {f"headings-{name}": value for name, value in headings.items()}
    return post_edit(client, reverse("case-kinds:edit", args=[kind.pk]), data | changes)


def test_code_of_a_kind_without_cases_can_change(client, superuser):
    kind = CaseHeadingFactory().kind
    edit(client, kind, code="final")
    assert CaseKind.objects.get(pk=kind.pk).code == "final"


def test_code_of_a_kind_with_cases_is_read_only_and_the_rest_can_change(client, superuser):
    kind = TypicalCaseFactory().kind
    code = kind.code
    form = client.get(reverse("case-kinds:edit", args=[kind.pk])).context["form"]
    assert form.fields["code"].disabled is True
    edit(client, kind, code="other", name="另一类")
    kind.refresh_from_db()
    assert (kind.code, kind.name) == (code, "另一类")


def test_service_refuses_another_code_of_a_used_kind(superuser):
    kind = TypicalCaseFactory().kind
    code, kind.code = kind.code, "other"
    with translation.override("en"), pytest.raises(ValidationError) as error:
        services.update_case_kind(kind=kind, actor=superuser)
    message = f"Records refer to the code “{code}”: it does not change any more."
    assert error.value.message_dict == {"code": [message]}


def test_kinds_are_not_for_everybody():
    with pytest.raises(PermissionDenied):
        services.update_case_kind(kind=CaseKindFactory(), actor=UserFactory(roles=["trainee"]))
