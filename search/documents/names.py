"""The names that autocomplete looks up: titles, aliases and numbers, and titles in pinyin."""

from portal.foundation.numbers import short_number
from search.documents.base import SearchDocument
from search.text.analysis import is_han, name_key
from search.text.pinyin import readings

MAX_NAME_LENGTH = 60
# Characters of a title that can be typed in pinyin; nobody types more of it.
MAX_PINYIN_TITLE_LENGTH = 12


def lookup_names(document: SearchDocument) -> list[str]:
    titles = [document.title, *document.aliases]
    keys = [name_key(title)[:MAX_NAME_LENGTH] for title in titles]
    numbers = [
        name_key(number) for number in (document.number, short_number(document.number), *document.names)
    ]
    read = [form for key in keys for form in readings_of(key[:MAX_PINYIN_TITLE_LENGTH])]
    return list(dict.fromkeys(name for name in (*keys, *numbers, *read) if name))


def readings_of(key: str) -> tuple[str, ...]:
    """Return (whole pinyin, initials) of a folded title; nothing where it has no Han characters."""
    if not is_han(key):
        return ()
    table = readings()
    read = [table[character][0] if character in table else character for character in key]
    return "".join(read), "".join(syllable[0] for syllable in read)
