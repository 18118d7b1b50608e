"""Join words with the marks that the active language uses."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(items: Iterable[object]) -> str:
    """Return `法院、检察院` or `court, procuratorate`, in the active language."""
    return pgettext("between items of a list", ", ").join(map(str, items))


def labelled(label: object, text: object) -> str:
    """Return `内容：不能为空` or `Text: missing`, in the active language."""
    return f"{label}{pgettext('between label and text', ': ')}{text}"
