"""A file with a mark of classification is imported by a secrecy reviewer or not at all."""

from __future__ import annotations

import io
import json

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from norms.models import DocumentVersion
from norms.services.corrections import correct_text
from norms.services.importing import import_norm
from norms.services.register import FAILED
from tests.factories.norms import import_text
from tests.factories.org import UserFactory
from tests.norms.samples import LEAVE, LEAVE_2025
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db
LAW = """宁川省暂予监外执行工作办法

（2024年5月1日发布）

第一条 为规范工作，制定本办法。

第二条 办理案件应当保守国家秘密和工作秘密，绝密级文件的管理另行规定。
"""


@pytest.mark.parametrize("head", ["机密★10年\n\n", "内部资料 注意保存\n\n"])
def test_marked_file_takes_a_reviewer(head):
    content = (head + LAW).encode()
    refused = import_norm(name="办法.txt", content=content, actor=UserFactory(roles=["editor"]))
    assert (refused.status, head.split()[0][:3] in refused.error) == (FAILED, True)
    reviewer = UserFactory(roles=["editor", "reviewer"])
    taken = import_norm(name="办法.txt", content=content, actor=reviewer)
    assert taken.version.secrecy_reviewed_by == reviewer


@pytest.mark.parametrize("place", ["header", "footer"])
def test_mark_in_the_margins_of_a_word_file_is_found(place):
    word = docx.Document()
    for line in LAW.split("\n"):
        word.add_paragraph(line)
    getattr(word.sections[0], place).paragraphs[0].add_run("机密")
    getattr(word.sections[0], place).paragraphs[0].add_run("★10年")
    content = io.BytesIO()
    word.save(content)
    refused = import_norm(name="办法.docx", content=content.getvalue(), actor=UserFactory(roles=["editor"]))
    assert (refused.status, "机密★" in refused.error) == (FAILED, True)


def test_law_that_speaks_of_secrets_is_imported():
    editor = UserFactory(roles=["editor"])
    assert (
        import_norm(name="办法.txt", content=LAW.encode(), actor=editor).version.secrecy_reviewed_by == editor
    )


def test_command_names_the_reviewer(tmp_path, capsys):
    path = tmp_path / "办法.txt"
    path.write_text("机密★10年\n\n" + LAW)
    with pytest.raises(SystemExit):
        call_command("import_norms", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["status"] == "failed"
    reviewer = UserFactory(roles=["reviewer"])
    call_command("import_norms", str(path), "--json", "--reviewed-by", reviewer.username)
    assert DocumentVersion.objects.get().secrecy_reviewed_by == reviewer
    with pytest.raises(CommandError):
        call_command("import_norms", str(path), "--reviewed-by", UserFactory(roles=["editor"]).username)


def test_reason_of_a_correction_is_read():
    with pytest.raises(ValidationError) as caught:
        correct_text(
            name="办法.txt",
            content=b"",
            reason="见机密★10年文件",
            expected_digest="",
            actor=UserFactory(roles=["editor"]),
        )
    assert "机密★" in caught.value.messages[0]


@pytest.mark.parametrize(
    "field", ["title", "title_en", "document_number", "issuing_bodies", "aliases-0-name"]
)
def test_data_of_a_document_are_read(client, field):
    document = import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt").document
    client.force_login(UserFactory(roles=["editor"], is_superuser=True))
    data = {
        "title": document.title,
        "slug": document.slug,
        "kind": document.kind,
        "status": document.status,
        "lang": document.lang,
        "issuing_bodies": "",
        "aliases-TOTAL_FORMS": "1",
        "aliases-INITIAL_FORMS": "0",
        "aliases-0-name": "",
    }
    page = post_edit(client, reverse("norm_documents:edit", args=[document.pk]), data | {field: "机密★10年"})
    assert "机密★" in page.content.decode()
    document.refresh_from_db()
    assert "机密" not in f"{document.title}{document.document_number}{document.issuing_bodies}"
    assert not document.aliases.filter(name__contains="机密").exists()
