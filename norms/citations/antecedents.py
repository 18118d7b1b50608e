"""The document that an article without a name in brackets belongs to: an unknown or short name, or the law cited last.

An article never falls to the law before it across a name that was not understood: it is then of no known document.
"""

import re
from collections.abc import Hashable

from portal.foundation.numerals import chinese_numeral, parse_numeral

from . import patterns as p
from .names import bodies_in, loose_key
from .state import Mention, ReadingState, kind_of
from .text import folded

# Lengths in characters: how far back a name is looked for, and how far it may reach.
WINDOW = 60
ABOUT_WINDOW = 110
MAX_RUN_LENGTH = 40
LAW_WINDOW = 200
MIN_ABOUT_LENGTH = 8
_COUNT_OF_AMENDMENT = re.compile(r"\([一二三四五六七八九十0-9]{1,3}\)")
_AMENDMENT = re.compile(r"修正案[(（]?([0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）]?\Z")


class AntecedentReader(ReadingState):
    """Finds what articles belong to."""

    def _antecedent(self, text_before: str, start: int) -> tuple[Mention, int]:
        """Return the document an article without a name belongs to, and where the span begins."""
        mention_before = self._name_before(text_before, start)
        if mention_before is not None:
            return mention_before
        current = self.current
        if current and current.sentence == self.sentence:
            return self._unless_ambiguous(current, start), start
        if self.own is not None:
            return self._own_mention(start, start), start
        if current and current.paragraph == self.paragraph and len(self.in_paragraph) == 1:
            return self._unless_ambiguous(current, start), start
        return self._unnamed(start), start

    def _unless_ambiguous(self, current: Mention, start: int) -> Mention:
        """Return the law cited last, or none where another law is named between it and the article."""
        is_rivalled = self.rival is not None and self.rival.start >= current.end
        return self._unnamed(start) if is_rivalled or self._has_unread_name(current, start) else current

    def _has_unread_name(self, current: Mention, start: int) -> bool:
        after = max(current.end, self.references[-1].end if self.references else 0)
        gap = self.text[max(after, start - LAW_WINDOW) : start]
        names = [without_lead(match.group()) for match in p.UNREAD_NAME.finditer(gap)]
        own_name = loose_key(current.name)
        return any(
            len(name) > 3 and not p.NOT_A_LAW.search(name) and not own_name.endswith(loose_key(name))
            for name in names
        )

    def _unnamed(self, start: int) -> Mention:
        return self._mention(start, start, "", None, solid=True)

    def _own_mention(self, start: int, end: int) -> Mention:
        mention = self._mention(start, end, "", self.own.key if self.own else None, solid=True)
        mention.own = True
        return mention

    def _name_before(self, text_before: str, start: int) -> tuple[Mention, int] | None:
        """Return an unknown name, a short name or the end of an earlier name before the article (指导意见第2条).

        None means that the article stands for itself, and belongs to the document cited last.
        """
        read = self.references[-1].end if self.references else 0
        text_before = text_before[max(0, len(text_before) - max(0, start - read)) :]
        after_name = p.AFTER_NAME.search(text_before)
        end = after_name.start() if after_name else len(text_before)
        run = p.NOT_IN_NAME.split(text_before[:end])[-1][-MAX_RUN_LENGTH:]
        word = p.WORD_OF.search(run[-6:])
        if word is None:
            return self._not_understood(text_before, end, start)
        end += start - len(text_before)
        if (about := self._title_about(end)) is not None:
            return self._cite_title(*about, start)
        name = without_lead(run)
        if name.startswith("年") and (year := p.DIGITS_BEFORE.search(self.text[: end - len(name)][-5:])):
            name = year.group() + name
        for short, key, full in self.short_names.values():
            if run.endswith(short):
                return self._cite_again(end - len(short), start, full, key)
        if (earlier := self._cited_before(name, word.group(), end, start)) is not None:
            return earlier
        if name in p.POINTING_NAMES and not p.SOME_RULES.search(run):
            return None
        if (
            len(name) < 2
            or name in p.NOT_A_NAME
            or p.SOME_RULES.search(run)
            or (len(name) < 5 and p.NOT_A_LAW.search(name))
        ):
            return self._unnamed(start), start
        count = _COUNT_OF_AMENDMENT.match(self.text, end) if name.endswith("修正案") else None
        full = standard_name(name + count.group() if count else name)
        return self._cite_again(end - len(name), start, full, self.names.lookup(full))

    def _cited_before(self, name: str, word: str, end: int, start: int) -> tuple[Mention, int] | None:
        """Return the document cited before whose title ends so (指导意见 of 《关于……的指导意见》)."""
        antecedent = self.by_word.get(kind_of(word))
        if not antecedent or len(name) < 2 or not folded(antecedent.name).strip("》").endswith(name):
            return None
        mention, begin = self._cite_again(end - len(name), start, antecedent.name, antecedent.key)
        mention.edition, mention.year, mention.former = (
            antecedent.edition,
            antecedent.year,
            antecedent.former,
        )
        return mention, begin

    def _title_about(self, end: int) -> tuple[int, int] | None:
        """Return the bounds of an unquoted title with 关于 that ends at `end`, its issuing bodies included."""
        # A document as such (关于适用《刑法》若干问题的解释) may stand inside a title, an article only right after 关于.
        cited = next((reference.end for reference in reversed(self.references) if reference.locators), 0)
        if p.ABOUT_AN_ARTICLE.match(self.text, cited, end):
            cited = self._last_end_before_title(cited)
        begin = max(0, end - ABOUT_WINDOW, cited)
        window = p.CLAUSE_END.split(self.text[begin:end])[-1]
        about = window.rfind("关于")
        if about < 0 or len(window) - about < MIN_ABOUT_LENGTH:
            return None
        return end - len(window) + about - len(self._bodies_before(end - len(window) + about)), end

    def _last_end_before_title(self, cited: int) -> int:
        """Return where the citations end that stand before a title such as 关于刑法第三百四十一条的解释.

        The articles of its subject are one citation after another up to `cited`; the first follows 关于.
        """
        begin = cited
        for reference in reversed(self.references):
            if reference.end <= begin and not p.BETWEEN_SUBJECTS.fullmatch(self.text, reference.end, begin):
                break
            begin = reference.start
            if p.ABOUT_BEFORE.search(self.text, max(0, begin - WINDOW), begin):
                ends = [
                    earlier.end for earlier in self.references if earlier.end <= begin and earlier.locators
                ]
                return max(ends, default=0)
        return cited

    def _bodies_before(self, end: int) -> str:
        """Return what stands before 关于 and issued the document: 最高人民法院, or an unknown body."""
        window = p.CLAUSE_END.split(self.text[max(0, end - WINDOW) : end])[-1]
        if bodies := p.BODIES_BEFORE.search(window):
            return bodies.group().lstrip("、, 和及与的")
        run = without_lead(p.NOT_IN_NAME.split(window)[-1])
        return run if p.BODY_END.search(run) else ""

    def _title_key(self, name: str, bodies: str) -> Hashable | None:
        """Return the document of a title that begins with 关于; one of an unknown body is unknown."""
        return None if bodies and not bodies_in(bodies) else self.names.lookup(name, bodies)

    def _cite_title(self, begin: int, end: int, start: int) -> tuple[Mention, int]:
        while self.references and self.references[-1].start >= begin:
            self.references.pop()
        name = self.raw[begin:end]
        about = name.find("关于")
        return self._cite_again(begin, start, name, self._title_key(name[about:], name[:about]))

    def _not_understood(self, text_before: str, end: int, start: int) -> tuple[Mention, int] | None:
        """Return no known document for an article right after a word that may be a name and was not understood.

        It is in Latin letters or quotes, ends in a number, or is joined by a conjunction to the article before it.
        """
        joined = p.JOINED.fullmatch(text_before[:end]) if self.references else None
        is_joined = joined is not None and without_lead(joined[1]) and not p.NAMES_NOTHING.search(joined[1])
        is_unread = p.UNREAD_BEFORE.search(text_before[:end]) or p.UNREAD_NUMBERED.search(text_before)
        return (self._unnamed(start), start) if is_joined or is_unread else None

    def _law_mentioned(self, antecedent: Mention | None, before: int) -> str:
        """Return the last unknown law that is only mentioned, not cited, after the one cited last."""
        after = max(antecedent.end if antecedent else 0, self.references[-1].end if self.references else 0)
        window = self.text[max(after, before - LAW_WINDOW) : before]
        for match in reversed(list(p.LAW_MENTIONED.finditer(window))):
            run = match.group()
            name = without_lead(run)
            if len(name) > 3 and not p.NOT_A_LAW.search(run):
                return name
        return ""

    def _cite_again(self, begin: int, end: int, name: str, key: Hashable | None) -> tuple[Mention, int]:
        mention = self._mention(begin, end, name, key, solid=True)
        self._remember(mention)
        return mention, begin


def without_lead(run: str) -> str:
    """Return the name at the end of a run of words: 根据野生动物保护法 is 野生动物保护法."""
    before = p.BEFORE_NAME.match(run)
    name = run[before.end() :] if before else run
    return p.OWN_BODY.sub("", p.LEADING.sub("", name)).strip('“”" ')


def standard_name(name: str) -> str:
    """Return 刑法修正案（八） for 刑法修正案八 and 刑法修正案8, other names as they are."""
    match = _AMENDMENT.search(name)
    count = parse_numeral(match[1]) if match else None
    return f"{name[: match.start()]}修正案（{chinese_numeral(count)}）" if match and count else name
