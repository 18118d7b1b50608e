"""Chinese says one word for each thing (docs/glossary.md), wherever a text of the catalogue is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wagtail
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

CATALOGUE = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
WAGTAILS = settings.BASE_DIR / "locale" / "wagtail" / "zh_Hans" / "LC_MESSAGES"
GLOSSARY = settings.BASE_DIR / "docs" / "glossary.md"
REFUSED = [
    "条文",
    "写进卷宗",
    "写入卷宗",
    "示范文本",
    "示例文本",
    "样例",
    "搜索",
    "Word 文档",
    "PDF 文档",
    "制定依据",
    "在用",
]


def shown_texts() -> list[str]:
    lines = CATALOGUE.read_text().split("\n")
    return [line for line in lines if line.startswith(("msgstr", '"')) and not line.endswith('""')]


@pytest.mark.parametrize("word", REFUSED)
def test_no_text_says_another_word(word):
    texts = shown_texts()
    assert len(texts) > 2000
    assert [text for text in texts if word in text] == []


def test_glossary_names_the_words_that_are_left_alone():
    table = GLOSSARY.read_text().split("## One word each in Chinese")[1]
    named = {
        word.strip() for row in re.findall(r"\|([^|]*)\|$", table, re.MULTILINE) for word in row.split(",")
    }
    assert {word for word in REFUSED if not any(word in name for name in named)} == set()


def wagtails_texts() -> list[str]:
    """Every text of Wagtail's admin as it is shown in Chinese: its own translation, or ours in its place."""
    shown = []
    for app in ("", "admin", "documents", "images", "snippets", "users"):
        path = Path(wagtail.__file__).parent / app / "locale/zh_Hans/LC_MESSAGES/django.po"
        with path.open("rb") as file, translation.override("zh-hans"):
            for message in read_po(file):
                if message.id and not message.context:
                    one, *many = message.id if message.pluralizable else (message.id,)
                    shown.append(translation.ngettext(one, many[0], 2) if many else translation.gettext(one))
    return shown


def texts_of(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if isinstance(message.id, str)}


def wagtails_texts_in_scripts() -> list[str]:
    """Every text that a script of Wagtail's admin shows in Chinese."""
    own = texts_of(Path(wagtail.__file__).parent / "admin/locale/zh_Hans/LC_MESSAGES/djangojs.po")
    return list((own | texts_of(WAGTAILS / "djangojs.po")).values())


@pytest.mark.parametrize("word", ["你", "文档", "在用", "搜索"])
def test_admin_says_the_portals_words(word):
    texts = [*wagtails_texts(), *wagtails_texts_in_scripts()]
    assert len(texts) > 1000
    assert [text for text in texts if word in text.replace("搜索引擎", "")] == []
