"""Recognising how a text file is written: UTF-8, UTF-16, GB18030."""

import codecs

from django.utils.translation import gettext_noop as _

from norms.importing.errors import UnreadableSource
from norms.importing.warnings import Warnings

# UTF-32 before UTF-16: the mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The characters that make up a third of any legal text.
_COMMON = frozenset(
    "的，。、第条和或者人法有应当不定规以下在是为关行对其机一二三四五六七八九十国民共华刑事院（）：；年月日"
)
_SAMPLE_LENGTH = 20_000
_UNKNOWN = _("The encoding of the text was not recognised. Save it as UTF-8 and try again.")


def decode(content: bytes, warnings: Warnings) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _marked(content, encoding)
    if b"\x00" in content[:_SAMPLE_LENGTH]:
        return _wide(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _chinese(content, warnings)


def _marked(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSource(_UNKNOWN) from error


def _wide(content: bytes) -> str:
    """Decode UTF-16 without a byte order mark, in the order that reads better."""
    best, best_score = "", 0.85
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if (score := _plausible(text)) > best_score:
            best, best_score = text, score
    if not best:
        raise UnreadableSource(_("This is not a text file."))
    return best


def _chinese(content: bytes, warnings: Warnings) -> str:
    """Decode GB18030 if that gives Chinese, else UTF-8 with a few damaged bytes; raise UnreadableSource otherwise."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    repaired = content.decode("utf-8", errors="replace")
    lost = repaired.count("\ufffd")
    if lost > 5 and _plausible(text) > 0.9 and _share_of_common(text) >= 0.05:
        return text
    if lost <= max(5, len(repaired) // 1000):
        warnings.note("bytes_replaced", count=lost)
        return repaired
    raise UnreadableSource(_UNKNOWN)


def _plausible(text: str) -> float:
    """Return the share of characters that documents in Chinese or English are written with, 0 to 1."""
    sample = text[:_SAMPLE_LENGTH]
    good = sum(
        "\u4e00" <= character <= "\u9fff"
        or " " <= character <= "~"
        or character in "\r\n\t"
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uffef"
        or "\u2010" <= character <= "\u2030"
        for character in sample
    )
    return good / len(sample) if sample else 0.0


def _share_of_common(text: str) -> float:
    words = [character for character in text[:_SAMPLE_LENGTH] if character > "\x7f"]
    return sum(character in _COMMON for character in words) / len(words) if words else 0.0
