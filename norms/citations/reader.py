"""The one parser of citations."""

import re
from collections.abc import Hashable

from . import patterns as p
from .locators import RANK, Chain, Locator
from .memory import Memory, Mention, kind_of
from .names import loose_key
from .references import Reference
from .text import folded

LONGEST_TITLE = 200
DEEPEST_NESTING = 3
WINDOW = 60
SHORT_WINDOW = 10
LONGEST_RUN = 40
LAW_WINDOW = 200


class Reader(Memory):
    """Reads one text; `short_names` (以下简称……) may be handed from text to text of the same record."""

    def read(self) -> list[Reference]:
        bare = iter(self.names.find(self.text))
        name = next(bare, None)
        token = p.TOKEN.search(self.text)
        at = 0
        while True:
            while name is not None and name[0] < at:
                name = next(bare, None)
            if token is not None and token.start() < at:
                token = p.TOKEN.search(self.text, at)
            if token is None and name is None:
                return self.found
            if name is not None and (token is None or name[0] <= token.start()):
                at = self._bare_name(*name)
            else:
                at = max(getattr(self, f"_{token.lastgroup}")(token), token.start() + 1)

    # Names ------------------------------------------------------------------------------------------------

    def _open(self, token: re.Match) -> int:
        start = token.start()
        close = self._closing_bracket(start)
        if close is None:
            return start + 1
        before = p.BODIES_BEFORE.search(self.text[max(0, start - WINDOW) : start])
        name, key = self._lookup(self.raw[start + 1 : close - 1].strip(), before.group() if before else "")
        mention = self._mention(start, close, name, key, solid=True)
        self._note(mention)
        return self._after_mention(mention, whole=self._is_document(mention))

    def _closing_bracket(self, start: int) -> int | None:
        depth = 0
        for mark in p.BRACKET.finditer(self.text, start, start + LONGEST_TITLE):
            depth += {"《": 1, "》": -1}.get(mark.group(), DEEPEST_NESTING)
            if depth > DEEPEST_NESTING:
                return None
            if depth == 0:
                return mark.end() if mark.end() > start + 2 else None
        return None

    def _is_document(self, mention: Mention) -> bool:
        name = mention.name
        if mention.key is not None:
            return not (self.own and self.own.key == mention.key)
        if loose_key(name) in self.short_names:
            return True
        plain = loose_key(name).replace("试行", "").replace("暂行", "")
        if (len(plain) < 3 and plain not in p.SHORTEST_NAMES) or not p.NORMATIVE.search(plain):
            return False
        return "关于" in name or not p.NEEDS_ABOUT.search(plain) or len(plain) >= 8

    def _bare_name(self, start: int, end: int, key: Hashable) -> int:
        follows = self.text[end : end + 1]
        if self.text[end - 1] == "法" and p.CONTINUES_LAW.match(follows):
            return end
        if end - start <= 5 and p.FOREIGN.search(self.text[max(0, start - 6) : start]):
            return end
        if longer := p.LONGER_NAME.match(self.text, end):
            whole = self.names.lookup(self.raw[start : longer.end()])
            if whole is not None or self._is_placed(longer.end()):
                end, key = longer.end(), whole
        mention = self._mention(start, end, self.raw[start:end], key, solid=False)
        self._note(mention)
        cited = p.CITES.search(self.text[max(0, start - 6) : start]) or "中华人民共和国" in mention.name
        known = key is not None and not (self.own and self.own.key == key)
        return self._after_mention(mention, whole=bool(cited) and known)

    def _is_placed(self, end: int) -> bool:
        return bool(Chain(self.text, p.GAP.match(self.text, end).end()).terms)

    def _after_mention(self, mention: Mention, *, whole: bool) -> int:
        chain = self._chain_after(mention.end)
        if chain.terms:
            self._name(mention)
            self._emit_chain(chain, mention, start=mention.start)
            return chain.end
        if whole:
            self._name(mention)
            self._emit(mention, mention.start, mention.end, (), "")
        elif mention.solid or mention.key is not None:
            self._name(mention, weak=True)
        return mention.end

    def _chain_after(self, end: int) -> Chain:
        return Chain(self.text, p.GAP.match(self.text, end).end(), plain="any")

    # Words that point ---------------------------------------------------------------------------------------

    def _own(self, token: re.Match) -> int:
        chain = self._chain_after(token.end())
        if not chain.terms:
            return token.end()
        if self.own is not None:
            mention = self._mention(token.start(), token.end(), token.group(), self.own.key, solid=True)
            mention.own = True
            self._name(mention)
            self._emit_chain(chain, mention, start=token.start())
        return chain.end

    def _same(self, token: re.Match) -> int:
        chain = self._chain_after(token.end())
        if not chain.terms:
            return token.end()
        word = re.sub(r"^(?:同|该|前述|上述|前)", "", token.group())
        meant = self.by_word.get(kind_of(word))
        mention = self._mention(token.start(), token.end(), token.group(), None, solid=True)
        nearer = self._law_mentioned(meant, token.start()) if word == "法" else ""
        if nearer:
            mention.name = nearer
        elif meant is not None:
            mention.name, mention.key = meant.name, meant.key
            mention.edition, mention.year, mention.former = meant.edition, meant.year, meant.former
        self._name(mention)
        self._emit_chain(chain, mention, start=token.start())
        return chain.end

    def _law_mentioned(self, meant: Mention | None, before: int) -> str:
        """The last unknown law that is only mentioned, not cited, after the one cited last."""
        after = max(meant.end if meant else 0, self.found[-1].end if self.found else 0)
        window = self.text[max(after, before - LAW_WINDOW) : before]
        for match in reversed(list(p.LAW_MENTIONED.finditer(window))):
            run = match.group()
            name = _without_lead(run)
            if len(name) > 3 and not p.NOT_A_LAW.search(run):
                return name
        return ""

    def _here(self, token: re.Match) -> int:
        """本条第一款, 本款第二项: only with something below, and only inside a norm."""
        own = self.own
        if own is None or own.article is None:
            return token.end()
        base = own.here
        if token.group().endswith("款") and own.paragraph:
            base = base.at("paragraph", own.paragraph)
        elif not token.group().endswith("条"):
            return token.end()
        return self._below(token, base)

    def _below(self, token: re.Match, base: Locator) -> int:
        chain = Chain(self.text, p.GAP.match(self.text, token.end()).end(), plain="digits", base=base)
        if not chain.terms:
            return token.end()
        self._emit_chain(chain, self._own_mention(token), start=token.start())
        return chain.end

    def _own_mention(self, token: re.Match) -> Mention:
        mention = self._mention(token.start(), token.end(), "", self.own.key, solid=True)
        mention.own = True
        return mention

    def _preceding(self, token: re.Match) -> int:
        """前款, 前两款, 前条, 前项, with or without places below."""
        if self.own is None or self.own.article is None:
            return token.end()
        count = "一二三四五六七八九".find(token.group()[1]) + 1 or (2 if token.group()[1] == "两" else 1)
        places = self._places_before(token.group()[-1], count)
        if not places:
            return token.end()
        chain = Chain(self.text, p.GAP.match(self.text, token.end()).end(), plain="digits", base=places[-1])
        mention = self._own_mention(token)
        if chain.terms and len(places) == 1:
            self._emit_chain(chain, mention, start=token.start())
            return chain.end
        self._emit(mention, token.start(), token.end(), places, self.raw[token.start() : token.end()])
        return token.end()

    def _places_before(self, unit: str, count: int) -> tuple[Locator, ...]:
        own = self.own
        if unit == "条":
            before = own.preceding[-count:]
            return tuple(Locator(*each) for each in before) if len(before) == count else ()
        level = "paragraph" if unit == "款" else "item"
        here = own.paragraph if unit == "款" else own.item
        if here is None or here <= count:
            return ()
        base = own.here
        if unit == "项" and own.paragraph:
            base = base.at("paragraph", own.paragraph)
        return tuple(base.at(level, value) for value in range(here - count, here))

    def _that(self, token: re.Match) -> int:
        """该条第二款, 该款第一项: below what was cited last."""
        if self.last_place is None:
            return token.end()
        mention, place = self.last_place
        unit = "paragraph" if token.group().endswith("款") else "article"
        if token.group().endswith("项") or getattr(place, unit) is None:
            return token.end()
        base = place.at(unit, getattr(place, unit), place.suffix)
        chain = Chain(self.text, p.GAP.match(self.text, token.end()).end(), plain="digits", base=base)
        if not chain.terms:
            return token.end()
        self._emit_chain(chain, mention, start=token.start())
        return chain.end

    def _sentence(self, token: re.Match) -> int:
        self.sentence += 1
        self.in_sentence = set()
        return token.end()

    def _paragraph(self, token: re.Match) -> int:
        self.sentence += 1
        self.paragraph += 1
        self.in_paragraph = set()
        self.in_sentence = set()
        return token.end()

    # Places without a name ----------------------------------------------------------------------------------

    def _place(self, token: re.Match) -> int:
        start = token.start()
        chain = Chain(self.text, start)
        if not chain.terms:
            return chain.end
        left = self.text[max(0, start - WINDOW) : start].rpartition("\n")[2]
        rank = RANK["article"]
        if any(term.first.rank < rank for term in chain.terms):
            return chain.end
        if chain.terms[0].first.article is None:
            return self._place_below(chain, left)
        if p.BLOCKING.search(left) or p.NOT_CITED.match(self.text, chain.end):
            return chain.end
        if not left.strip() and p.HEADING_AFTER.match(self.text, chain.end):
            return chain.end
        mention, name_start = self._antecedent(left, start)
        self._emit_chain(chain, mention, start=name_start)
        return chain.end

    def _place_below(self, chain: Chain, left: str) -> int:
        """第二款 or 第一项 alone: of this article in a norm, elsewhere only after 其中."""
        if self.own is not None and self.own.article is not None:
            base, mention = (
                self.own.here,
                self._mention(chain.terms[0].start, 0, "", self.own.key, solid=True),
            )
            mention.own = True
        elif self._is_in_last_place(left):
            mention, place = self.last_place
            base = Locator(place.article, place.suffix)
            if chain.terms[0].first.paragraph is None and place.paragraph:
                base = base.at("paragraph", place.paragraph)
        else:
            return chain.end
        based = Chain(self.text, chain.terms[0].start, base=base)
        if based.terms:
            self._emit_chain(based, mention, start=based.terms[0].start)
        return max(chain.end, based.end)

    def _is_in_last_place(self, left: str) -> bool:
        """其中第8项, where this sentence cites one document only."""
        if self.last_place is None or not p.IN_WHICH.search(left):
            return False
        return self.last_place[0].sentence == self.sentence and len(self.in_sentence) == 1

    def _antecedent(self, left: str, start: int) -> tuple[Mention, int]:
        """The document a bare article belongs to, and where the span begins."""
        named = self._named_before(left, start)
        if named is not None:
            return named
        current = self.current
        if current and current.sentence == self.sentence:
            return current, start
        if self.own is not None:
            mention = self._mention(start, start, "", self.own.key, solid=True)
            mention.own = True
            return mention, start
        if current and current.paragraph == self.paragraph and len(self.in_paragraph) == 1:
            return current, start
        return self._mention(start, start, "", None, solid=True), start

    def _named_before(self, left: str, start: int) -> tuple[Mention, int] | None:
        """An unknown name, a short name or the end of a name said before (指导意见第2条)."""
        end = max(0, len(left) - SHORT_WINDOW) + p.AFTER_NAME.search(left[-SHORT_WINDOW:]).start()
        run = p.NOT_IN_NAME.split(left[:end])[-1][-LONGEST_RUN:]
        word = p.WORD_OF.search(run[-6:])
        if word is None:
            return None
        name = _without_lead(run)
        if name.startswith("年") and (year := p.DIGITS_BEFORE.search(left[: end - len(name)])):
            name = year.group() + name
        end += start - len(left)
        for short, key, full in self.short_names.values():
            if run.endswith(short):
                return self._new_mention(end - len(short), start, full, key)
        meant = self.by_word.get(kind_of(word.group()))
        if meant and len(name) > 1 and folded(meant.name).strip("》").endswith(name):
            begin = end - len(name)
            mention, begin = self._new_mention(begin, start, meant.name, meant.key)
            mention.edition, mention.year, mention.former = meant.edition, meant.year, meant.former
            return mention, begin
        if len(name) < 2 or name in p.NOT_A_NAME or (len(name) < 5 and p.NOT_A_LAW.search(name)):
            return None
        return self._new_mention(end - len(name), start, name, None)


def _without_lead(run: str) -> str:
    before = p.BEFORE_NAME.match(run)
    return p.LEADING.sub("", run[before.end() :] if before else run).strip('“”" ')
