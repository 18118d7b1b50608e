"""Tables of Chinese characters: their simplified form and their readings in pinyin.

Both tables are made from OpenCC and pypinyin when they are first needed, character by character,
so that a folded text keeps its length and highlights find their way back.
"""

import itertools
import unicodedata
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path

# ü is typed as v.
VOWELS = frozenset("aeiouv")
# Extension A and the main block; rarer blocks have hardly any simplified forms or readings.
COMMON_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))


@lru_cache(maxsize=1)
def simplified_forms() -> dict[int, str]:
    """Return the simplified form of each character that has another one, for `str.translate`."""
    from opencc import OpenCC

    characters = [chr(code) for code in itertools.chain(*COMMON_HAN)]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        ord(character): simple
        for character, simple in zip(characters, converted, strict=True)
        if character != simple and len(simple) == 1
    }


@lru_cache(maxsize=1)
def readings() -> dict[str, tuple[str, ...]]:
    """Return every reading of each character in pinyin without tones (ü as v), the most common first."""
    return {
        chr(code): tuple(dict.fromkeys(_without_tone(reading) for reading in written.split(",")))
        for code, written in _pinyin_table().items()
        if any(code in block for block in COMMON_HAN)
    }


@lru_cache(maxsize=1)
def syllables() -> dict[str, tuple[str, ...]]:
    """Return the characters in daily use by syllable, those that are mostly read so in front.

    A character's own syllable is its first reading. Sounds without a vowel (嗯 n, 呣 m) are left out: nobody types them.
    """
    first: dict[str, list[str]] = {}
    secondary: dict[str, list[str]] = {}
    for character, character_readings in readings().items():
        if not _is_in_daily_use(character):
            continue
        for rank, reading in enumerate(character_readings):
            if VOWELS.isdisjoint(reading):
                continue
            (secondary if rank else first).setdefault(reading, []).append(character)
    return {
        reading: tuple(first.get(reading, []) + secondary.get(reading, []))
        for reading in {*first, *secondary}
    }


def _is_in_daily_use(character: str) -> bool:
    """Return whether a character is one of the 6,763 of GB 2312, which every input method offers."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _pinyin_table() -> dict[int, str]:
    """Return the library's table of single characters, loaded without its phrases.

    Importing the package itself would take 50 MB in every process.
    """
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise ImportError("pypinyin")
    path = Path(package.origin).with_name("pinyin_dict.py")
    loader = SourceFileLoader("_pypinyin_characters", str(path))
    module = module_from_spec(spec_from_loader(loader.name, loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module.pinyin_dict


def _without_tone(reading: str) -> str:
    plain = reading.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v").replace("ǚ", "v").replace("ǜ", "v")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if c.isascii() and c.isalpha())
