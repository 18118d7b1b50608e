"""Names of documents as texts give them: in brackets or bare, written out or shortened."""

import re
from collections.abc import Hashable, Iterable, Iterator

from .document_numbers import NumberMatch, NumberTable
from .text import folded
from .titles import STATE, title_key

_MARKS = re.compile(r"[、,，.。·()（）\[\]〔〕“”\"'_-]|中华人民共和国")
_ABOUT = "关于"
# The longer abbreviation first, since it begins with the shorter one.
_SHORT_BODIES = (
    ("两高三部", "最高人民法院最高人民检察院公安部国家安全部司法部"),
    ("两高两部", "最高人民法院最高人民检察院公安部司法部"),
    ("两高一部", "最高人民法院最高人民检察院公安部"),
    ("两高", "最高人民法院最高人民检察院"),
    ("最高法院", "最高人民法院"),
    ("最高检察院", "最高人民检察院"),
    ("最高法", "最高人民法院"),
    ("最高检", "最高人民检察院"),
    ("全国人大常委会", "全国人民代表大会常务委员会"),
    ("中办", "中共中央办公厅"),
    ("国办", "国务院办公厅"),
)
_BODY = re.compile(
    r"最高人民法院|最高人民检察院|全国人民代表大会常务委员会|中共中央办公厅|国务院办公厅|国务院|公安部|国家安全部"
    r"|司法部|财政部|教育部|民政部|监察部|人力资源和?社会保障部|国家卫生(?:健康|和计划生育)委员会|国家监察委员会"
    r"|海关总署|中国人民银行|国家税务总局|[\u4e00-\u9fff]{2,3}省|[\u4e00-\u9fff]{2,8}(?:厅|局|委员会)"
)
# Names that say nothing by themselves are never looked for outside brackets.
_GENERIC = frozenset(
    [
        "规定",
        "解释",
        "办法",
        "意见",
        "决定",
        "通知",
        "条例",
        "规则",
        "细则",
        "批复",
        "纪要",
        "法律",
        "司法解释",
        "指导意见",
        "方案",
    ]
)
# Names are looked up by their first two characters, so a shorter one is never looked for.
_PREFIX_LENGTH = 2
_MAX_BARE_LENGTH = 60
# Only such titles are also written with the state's name before them.
_WITH_STATE = ("法", "法典", "条例")


def loose_key(name: str) -> str:
    """Return `title_key` without punctuation and without the state's name inside."""
    return _MARKS.sub("", title_key(name))


def bodies_in(written: str) -> frozenset[str]:
    """Return the issuing bodies in a piece of text, abbreviations such as 两高一部 written out."""
    plain = re.sub(r"[“”\"\s、,和]", "", folded(written))
    for short, full in _SHORT_BODIES:
        plain = re.sub(rf"{short}(?!人民|[部法检])", full, plain)
    return frozenset(_BODY.findall(plain))


def _tail(name: str) -> tuple[str, frozenset[str]]:
    """Return the key of a title from 关于 on, and the bodies before it."""
    index = name.find(_ABOUT)
    return (loose_key(name[index:]), bodies_in(name[:index])) if index >= 0 else ("", frozenset())


class NameTable:
    """The names and numbers of all documents. Keys are whatever the caller identifies documents by."""

    def __init__(
        self, names: Iterable[tuple[str, Hashable]] = (), numbers: Iterable[tuple[str, Hashable]] = ()
    ) -> None:
        self._numbers = NumberTable(numbers)
        self._strict: dict[str, Hashable] = {}
        self._loose: dict[str, set[Hashable]] = {}
        self._tails: dict[str, dict[Hashable, frozenset[str]]] = {}
        self._bare: dict[str, Hashable] = {}
        lengths: dict[str, set[int]] = {}
        for name, key in names:
            self._strict.setdefault(title_key(name), key)
            self._loose.setdefault(loose_key(name), set()).add(key)
            tail, bodies = _tail(name)
            if tail:
                self._tails.setdefault(tail, {})[key] = bodies
            for form in _bare_forms(name):
                self._bare.setdefault(form, key)
                lengths.setdefault(form[:_PREFIX_LENGTH], set()).add(len(form))
        self._lengths = {prefix: sorted(values, reverse=True) for prefix, values in lengths.items()}
        firsts = "".join(sorted({re.escape(prefix[0]) for prefix in self._lengths}))
        self._starts = re.compile(f"[{firsts}]" if firsts else r"(?!)")

    def __len__(self) -> int:
        return len(self._strict)

    def lookup(self, name: str, bodies: str = "") -> Hashable | None:
        """Return the document of that name, None if there is none or more than one.

        `bodies` is the text before the name (最高人民法院《关于……》).
        """
        strict = title_key(name)
        if not strict:
            return None
        if strict in self._strict:
            return self._strict[strict]
        for form in (name, f"{bodies}{name}") if bodies else (name,):
            keys = self._loose.get(loose_key(form), set())
            if len(keys) == 1:
                return next(iter(keys))
        key = self._lookup_tail(name, bodies)
        return self._numbers.lookup_written(name) if key is None else key

    def lookup_number(self, match: NumberMatch) -> Hashable | None:
        """Return the document of that number, None if there is none or more than one."""
        return self._numbers.lookup(match)

    def _lookup_tail(self, name: str, bodies: str) -> Hashable | None:
        tail, bodies_inside = _tail(name)
        cited_bodies = bodies_inside or bodies_in(bodies)
        candidates = self._tails.get(tail, {}) if tail else {}
        if cited_bodies:
            exact = [key for key, issued_by in candidates.items() if issued_by == cited_bodies]
            near = [key for key, issued_by in candidates.items() if not issued_by or issued_by & cited_bodies]
            fitting = exact or near
        else:
            fitting = list(candidates)
        return fitting[0] if len(fitting) == 1 else None

    def find(self, text: str) -> Iterator[tuple[int, int, Hashable]]:
        """Yield start, end and key of the names in a folded text, the longest at each index, none overlapping."""
        position = 0
        while match := self._starts.search(text, position):
            start = match.start()
            position = start + 1
            for length in self._lengths.get(text[start : start + _PREFIX_LENGTH], ()):
                name = text[start : start + length]
                if len(name) == length and (key := self._bare.get(name)) is not None:
                    position = start + length
                    yield start, position, key
                    break


def _bare_forms(name: str) -> set[str]:
    form = folded(name).strip().strip("《》")
    short = form.removeprefix(STATE)
    forms = {form, short}
    if short.endswith(_WITH_STATE):
        forms.add(STATE + short)
    forms |= {re.sub(r"[《》〈〉<>]", "", variant) for variant in (form, form.replace(STATE, ""))}
    # People leave 、 out between the nouns of a title, and the issuing bodies before 关于.
    forms |= {variant.replace("、", "") for variant in forms}
    forms |= {variant[variant.index(_ABOUT) :] for variant in forms if variant.find(_ABOUT) > 0}
    return {
        f
        for f in forms
        if _PREFIX_LENGTH <= len(f) <= _MAX_BARE_LENGTH and f not in _GENERIC and "\n" not in f
    }
