"""Apps point one way, in imports (lint-imports) and in foreign keys."""

from __future__ import annotations

import re

from django.apps import apps
from django.conf import settings

from tests.conftest import ROOT

ORDER = ["foundation", "org", "norms", "deliberation", "courses", "casebank", "inquiry", "search", "home"]


def _own_models():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ORDER]


def test_models_have_no_foreign_key_that_points_up():
    upward = [
        f"{model._meta.label}.{field.name} > {field.related_model._meta.label}"
        for model in _own_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.concrete and field.related_model
        if field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]
    assert upward == []


def test_every_app_in_the_order_is_installed():
    assert [label for label in ORDER if not apps.is_installed(apps.get_app_config(label).name)] == []


def test_only_settings_read_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for folder in ("portal", "norms", "deliberation", "courses", "casebank", "inquiry", "search", "home")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE)|os\.getenv", path.read_text())
        and "settings" not in path.parts
    ]
    assert readers == []


def test_templates_load_nothing_from_another_host():
    pattern = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")
    offenders = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if pattern.search(path.read_text())
    ]
    assert offenders == []


def test_templates_have_no_inline_style_or_script():
    pattern = re.compile(
        r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\b(?:src|type=\"application/json\")\b)[^>]*>"
    )
    offenders = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if pattern.search(path.read_text())
    ]
    assert offenders == []


def test_language_code_is_chinese():
    assert settings.LANGUAGE_CODE == "zh-hans"
