"""Departments: who joins, and codes that do not change once something refers to them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation

from portal.foundation.codes import is_referenced
from portal.org import services
from portal.org.models import Department
from tests.factories.casebank import TypicalCaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import DepartmentFactory, OfficeFactory, UserFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = UserFactory(roles=["administrator"])
    client.force_login(user)
    return user


def posted(department, **changes):
    fields = ["name", "name_en", "short_name", "short_name_en", "code", "seal", "hue_light", "hue_dark"]
    return {name: getattr(department, name) for name in fields} | {"is_active": "on"} | changes


def edit(client, department, **changes):
    return post_edit(client, reverse("departments:edit", args=[department.pk]), posted(department, **changes))


@pytest.mark.parametrize(
    "use",
    [
        lambda department: OfficeFactory(department=department),
        lambda department: UserFactory(office=OfficeFactory(department=department)),
        lambda department: TrainingSessionFactory(host_department=department),
        lambda department: QuestionFactory(department=department),
        lambda department: TypicalCaseFactory(department=department),
    ],
)
def test_department_is_in_use_as_soon_as_anything_refers_to_it(use):
    department = DepartmentFactory()
    assert not is_referenced(department)
    use(department)
    assert is_referenced(department)


def test_code_of_a_department_that_nothing_uses_can_change(client, administrator):
    department = DepartmentFactory(code="draft")
    form = client.get(reverse("departments:edit", args=[department.pk])).context["form"]
    assert form.fields["code"].disabled is False
    edit(client, department, code="final")
    assert Department.objects.get(pk=department.pk).code == "final"


def test_used_code_is_read_only_in_the_form_and_the_rest_can_change(client, administrator):
    department = OfficeFactory().department
    code = department.code
    response = client.get(reverse("departments:edit", args=[department.pk]))
    assert response.context["form"].fields["code"].disabled is True
    assert "已有记录引用该代码，不可再更改。" in response.content.decode()
    edit(client, department, code="other", name="另一个名称")
    department.refresh_from_db()
    assert (department.code, department.name) == (code, "另一个名称")


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Records refer to the code “court”: it does not change any more."),
        ("zh-hans", "已有记录引用代码“court”，不可再更改。"),
    ],
)
def test_service_refuses_another_code_of_a_used_department(administrator, language, message):
    department = Department.objects.get(code="court")
    OfficeFactory(department=department)
    department.code = "courts"
    with translation.override(language), pytest.raises(ValidationError) as error:
        services.update_department(department=department, actor=administrator)
    assert error.value.message_dict == {"code": [message]}
    assert Department.objects.get(pk=department.pk).code == "court"


def test_department_that_joins_is_listed_last(administrator):
    first = services.create_department(department=DepartmentFactory.build(), actor=administrator)
    second = services.create_department(department=DepartmentFactory.build(), actor=administrator)
    assert list(Department.objects.all())[-2:] == [first, second]


@pytest.mark.parametrize("role", ["trainee", "coordinator", "editor", "analyst", "signatory", "keeper"])
def test_departments_are_for_administrators(role):
    user = UserFactory(roles=[role])
    with pytest.raises(PermissionDenied):
        services.update_department(department=DepartmentFactory(), actor=user)
    with pytest.raises(PermissionDenied):
        services.create_department(department=DepartmentFactory.build(), actor=user)
