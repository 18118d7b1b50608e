"""Two texts of one version that differ: compared, and the stored one corrected or kept."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import ModelLogEntry

from norms.models import Citation, Provision, TextCorrection
from norms.services.citations import record_citations
from norms.services.corrections import correct_text
from tests.factories.norms import import_text
from tests.factories.org import UserFactory
from tests.norms.test_citations_services import DAY
from tests.norms.test_import_admin import editor  # noqa: F401

pytestmark = pytest.mark.django_db
NAME = "宁川省矫正条例_20240301.txt"
STORED = "宁川省矫正条例\n\n第一条　外出三十日。\n第二条　应当报告。\n第三条　自公布之日起施行。\n"
RIGHT = (
    "宁川省矫正条例\n\n第一条　外出七日。\n逾期的，警告。\n第二条　应当报告。\n第四条　自公布之日起施行。\n"
)


def upload(text: str) -> io.BytesIO:
    file = io.BytesIO(text.encode())
    file.name = NAME
    return file


def texts(version) -> dict[str, str]:
    return {row.anchor: row.text for row in version.provisions.in_order() if row.text}


def test_correction_replaces_the_text_and_keeps_identities():
    version = import_text(STORED, NAME)
    before = {row.anchor: (row.pk, row.identity_id) for row in version.provisions.articles()}
    source = UserFactory()
    record_citations(source=source, field="text", text="宁川省矫正条例第二条、第四条", read_on=DAY)
    result = correct_text(
        name=NAME,
        content=RIGHT.encode(),
        reason="扫描错误",
        expected_digest=version.body_digest,
        actor=UserFactory(),
    )
    assert (result.status, result.error) == ("unchanged", None)
    version.refresh_from_db()
    assert texts(version) == {
        "art-1-p1": "外出七日。",
        "art-1-p2": "逾期的，警告。",
        "art-2-p1": "应当报告。",
        "art-4-p1": "自公布之日起施行。",
    }
    after = {row.anchor: (row.pk, row.identity_id) for row in version.provisions.articles()}
    assert {anchor: after[anchor] for anchor in ("art-1", "art-2")} == {
        anchor: before[anchor] for anchor in ("art-1", "art-2")
    }
    assert [row.provision.anchor for row in Citation.objects.of_source(source)] == ["art-2", "art-4"]
    positions = list(version.provisions.in_order().values_list("position", flat=True))
    assert positions == list(range(len(positions)))


def test_correction_keeps_reason_and_earlier_text():
    version = import_text(STORED, NAME)
    actor = UserFactory()
    correct_text(
        name=NAME,
        content=RIGHT.encode(),
        reason=" 扫描错误 ",
        expected_digest=version.body_digest,
        actor=actor,
    )
    correction = TextCorrection.objects.get()
    assert (correction.version, correction.reason, correction.corrected_by) == (version, "扫描错误", actor)
    assert "外出三十日。" in correction.text_before
    entry = ModelLogEntry.objects.filter(action="norms.correct").get()
    assert (entry.user, entry.data["reason"]) == (actor, "扫描错误")


@pytest.mark.parametrize("reason", ["", "  ", "长" * 1001])
def test_correction_needs_a_reason(reason):
    version = import_text(STORED, NAME)
    with pytest.raises(ValidationError):
        correct_text(
            name=NAME,
            content=RIGHT.encode(),
            reason=reason,
            expected_digest=version.body_digest,
            actor=UserFactory(),
        )
    assert not TextCorrection.objects.exists()


def test_same_text_corrects_nothing():
    version = import_text(STORED, NAME)
    result = correct_text(
        name=NAME,
        content=STORED.encode(),
        reason="无",
        expected_digest=version.body_digest,
        actor=UserFactory(),
    )
    assert result.status == "failed"
    assert not TextCorrection.objects.exists()


def test_page_shows_the_comparison_and_corrects(client, editor):  # noqa: F811
    import_text(STORED, NAME)
    response = client.post(reverse("norms_import:index"), {"files": [upload(RIGHT)]})
    page = response.content.decode()
    assert "<del>三十</del><ins>七</ins>" in page.replace("\n", "") or "<ins>七" in page
    client.post(reverse("norms_import:run"), correcting(response))
    assert TextCorrection.objects.get().reason == "扫描错误"
    assert Provision.objects.filter(text="外出七日。").exists()


def correcting(response) -> dict[str, str]:
    """Return what the form of a preview sends when its first file is to correct the stored text."""
    digest = response.context["previews"][0].compared_digest
    assert f'name="compared-0" value="{digest}"' in " ".join(response.content.decode().split())
    return {
        "token": response.context["token"],
        "compared-0": digest,
        "text-0": "correct",
        "reason-0": "扫描错误",
        "secrecy_checked": "on",
    }


def test_second_of_two_corrections_overwrites_nothing_unseen(client, editor):  # noqa: F811
    import_text(STORED, NAME)
    second = client.post(reverse("norms_import:index"), {"files": [upload(RIGHT.replace("七日", "八日"))]})
    first = client.post(reverse("norms_import:index"), {"files": [upload(RIGHT)]})
    client.post(reverse("norms_import:run"), correcting(first))
    response = client.post(reverse("norms_import:run"), correcting(second))
    assert response.context["previews"][0].result.status == "failed"
    assert "Choose the file again to compare it." in response.content.decode()
    assert TextCorrection.objects.count() == 1
    assert Provision.objects.filter(text="外出七日。").exists()
    again = client.post(reverse("norms_import:index"), {"files": [upload(RIGHT.replace("七日", "八日"))]})
    client.post(reverse("norms_import:run"), correcting(again))
    assert Provision.objects.filter(text="外出八日。").exists()


def test_page_keeps_the_stored_text_and_logs_it(client, editor):  # noqa: F811
    import_text(STORED, NAME)
    token = client.post(reverse("norms_import:index"), {"files": [upload(RIGHT)]}).context["token"]
    client.post(reverse("norms_import:run"), {"token": token, "text-0": "keep", "secrecy_checked": "on"})
    assert not TextCorrection.objects.exists()
    assert ModelLogEntry.objects.filter(action="norms.keep").get().user == editor
    assert Provision.objects.filter(text="外出三十日。").exists()


def test_page_asks_for_the_date(client, editor):  # noqa: F811
    import_text(STORED, NAME)
    file = upload("宁川省矫正条例\n\n第一条　" + "乙" * 80 + "。\n第二条　丙。\n")
    file.name = "宁川省矫正条例.txt"
    response = client.post(reverse("norms_import:index"), {"files": [file]})
    assert 'name="date-0"' in response.content.decode()
    client.post(
        reverse("norms_import:run"),
        {"token": response.context["token"], "date-0": "2025-01-02", "secrecy_checked": "on"},
    )
    addresses = {
        str(version) for version in Provision.objects.values_list("version__promulgated_on", flat=True)
    }
    assert addresses == {"2024-03-01", "2025-01-02"}
