"""The one parser of citations: it walks over names and words that point, and reads the locators after them."""

import heapq
import re
from collections.abc import Hashable, Iterator
from dataclasses import replace

from . import patterns as p
from .antecedents import WINDOW, AntecedentReader, standard_name
from .chains import Chain
from .document_numbers import NumberMatch, document_numbers
from .locators import ARTICLE_RANK, Locator
from .names import loose_key
from .references import OwnText, Reference
from .state import Mention, kind_of

# Lengths in characters: how far a name may reach, and how far back a name is looked for.
MAX_TITLE_LENGTH = 200
MAX_NESTING = 3


class Reader(AntecedentReader):
    """Reads one text from its beginning to its end."""

    def read(self) -> list[Reference]:
        names = self._names()
        name = next(names, None)
        token = p.TOKEN.search(self.text)
        position = 0
        while len(self.references) < self.limit:
            while name is not None and name[0] < position:
                name = next(names, None)
            if token is not None and token.start() < position:
                token = p.TOKEN.search(self.text, position)
            if name is not None and (token is None or name[0] <= token.start()):
                start, end, key = name
                if isinstance(key, NumberMatch):
                    position = self._read_number(key)
                else:
                    position = self._read_bare_name(start, end, key)
            elif token is None:
                break
            else:
                read = getattr(self, f"_read_{token.lastgroup}")
                position = max(read(token), token.start() + 1)
        return [self._as_given(reference) for reference in self.references[: self.limit]]

    def _as_given(self, reference: Reference) -> Reference:
        """Return a reference with its span in the text as given."""
        start, end = self.readable.span(reference.start, reference.end)
        if (start, end) == (reference.start, reference.end):
            return reference
        return replace(reference, start=start, end=end, text=self.given[start:end])

    def _names(self) -> Iterator[tuple[int, int, Hashable]]:
        """Yield the known names and the numbers of documents in the order of the text."""
        numbers = ((number.start, number.end, number) for number in document_numbers(self.text))
        return heapq.merge(numbers, self.names.find(self.text), key=lambda name: name[0])

    # Names ------------------------------------------------------------------------------------------------

    def _read_bracket(self, token: re.Match[str]) -> int:
        start = token.start()
        close = self._closing_bracket(start)
        if close is None:
            return start + 1
        before = p.BODIES_BEFORE.search(self.text[max(0, start - WINDOW) : start])
        bodies = before.group() if before else ""
        name, key = self._lookup(self.raw[start + 1 : close - 1].strip(), bodies)
        if key is None and (standard := standard_name(name)) != name:
            name, key = self._lookup(standard, bodies)
        if key is None and (end := self._read_inside_brackets(start, close)):
            return end
        mention = self._mention(start, close, name, key, solid=True)
        if self.number_before is not None and start - self.number_before.end <= 2:
            self._number_mention(mention, self.number_before)
        self._read_note(mention)
        return self._after_mention(mention, cites_document=self._is_document(mention))

    def _closing_bracket(self, start: int) -> int | None:
        depth = 0
        for mark in p.BRACKET.finditer(self.text, start, start + MAX_TITLE_LENGTH):
            depth += {"《": 1, "》": -1}.get(mark.group(), MAX_NESTING)
            if depth > MAX_NESTING:
                return None
            if depth == 0:
                return mark.end() if mark.end() > start + 2 else None
        return None

    def _read_inside_brackets(self, start: int, close: int) -> int | None:
        """Read 《刑法第七十八条》, where the brackets stand around name and article; the law may be unknown."""
        ordinal = p.ORDINAL.search(self.text, start + 2, close - 1)
        if ordinal is None:
            return None
        name, chain = self.raw[start + 1 : ordinal.start()].strip(" ·"), Chain(self.text, ordinal.start())
        key = self.names.lookup(name)
        if not chain.terms or chain.end != close - 1 or not (key or p.NORMATIVE.search(loose_key(name))):
            return None
        mention = self._mention(start, close, name, key, solid=True)
        self._read_note(mention)
        self._remember(mention)
        self._emit_chain(chain, mention, start=start, end=close)
        return close

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

    def _read_bare_name(self, start: int, end: int, key: Hashable) -> int:
        follows = self.text[end : end + 1]
        # 刑法学 and the like are other words.
        if self.text[end - 1] == "法" and p.CONTINUES_LAW.match(follows):
            return end
        # 德国刑法 is not 刑法; a long name is unmistakable.
        if end - start <= 5 and p.FOREIGN.search(self.text[max(0, start - 6) : start]):
            return end
        if longer := p.LONGER_NAME.match(self.text, end):
            longer_key = self.names.lookup(standard_name(self.raw[start : longer.end()]))
            if longer_key is not None or self._has_locator_at(longer.end()):
                end, key = longer.end(), longer_key
        if self.text.startswith("关于", start):
            bodies = self._bodies_before(start)
            key = self._title_key(self.raw[start:end], bodies)
            start -= len(bodies)
        mention = self._mention(start, end, standard_name(self.raw[start:end]), key, solid=False)
        self._read_note(mention)
        is_cited = p.CITES.search(self.text[max(0, start - 6) : start]) or "中华人民共和国" in mention.name
        is_other_document = key is not None and not (self.own and self.own.key == key)
        return self._after_mention(mention, cites_document=bool(is_cited) and is_other_document)

    def _read_number(self, number: NumberMatch) -> int:
        """Read 法释〔2014〕5号第六条; without an article, only a known document is cited."""
        if number.start < self.note_end:
            return number.end
        key = self.names.lookup_number(number)
        mention = self._mention(number.start, number.end, number.number, key, solid=True)
        mention.number = number.number
        # The number may stand in brackets after a name that was not understood.
        mention.end += self.text.startswith(")", number.end)
        if note := p.NOTE.match(self.text, mention.end):
            self._read_short_names(mention, note)
        follows = self.text[mention.end : mention.end + 2].lstrip("的 ")
        if follows.startswith("《"):
            self.number_before = number
            return mention.end
        return self._after_mention(mention, cites_document=key is not None)

    def _has_locator_at(self, end: int) -> bool:
        return bool(Chain(self.text, self._after_gap(end)).terms)

    def _after_mention(self, mention: Mention, *, cites_document: bool) -> int:
        chain = self._chain_after(mention.end)
        if chain.terms:
            self._remember(mention)
            self._emit_chain(chain, mention, start=mention.start)
            return chain.end
        if cites_document:
            self._remember(mention)
            self._emit(mention, mention.start, mention.end, (), "")
        elif mention.solid or mention.key is not None:
            self._remember(mention, weak=True)
        return mention.end

    def _chain_after(self, end: int) -> Chain:
        return Chain(self.text, self._after_gap(end), unordered="any")

    def _after_gap(self, end: int) -> int:
        """Return the index where a locator may begin after a name that ends at `end`."""
        gap = p.GAP_BEFORE_LOCATOR.match(self.text, end)
        after = gap.end() if gap else end
        # A line may break between a name and its article; 第二条 with a gap after it is the article itself.
        if self.text.startswith("\n第", after):
            chain = Chain(self.text, after + 1)
            if chain.terms and not p.HEADING_AFTER.match(self.text, chain.end):
                return after + 1
        return after

    # Words that point ---------------------------------------------------------------------------------------

    def _read_own(self, token: re.Match[str]) -> int:
        chain = self._chain_after(token.end())
        if not chain.terms:
            return token.end()
        if self.own is not None:
            mention = self._mention(token.start(), token.end(), token.group(), self.own.key, solid=True)
            mention.own = True
            self._remember(mention)
            self._emit_chain(chain, mention, start=token.start())
        return chain.end

    def _read_same(self, token: re.Match[str]) -> int:
        chain = self._chain_after(token.end())
        if not chain.terms:
            return self._read_above(token)
        word = re.sub(r"^(?:同|该|前述|上述|以上|前)", "", token.group())
        antecedent = self.by_word.get(kind_of(word))
        mention = self._mention(token.start(), token.end(), token.group(), None, solid=True)
        nearer = self._law_mentioned(antecedent, token.start()) if word == "法" else ""
        if nearer:
            mention.name = nearer
        elif antecedent is not None:
            mention.name, mention.key = antecedent.name, antecedent.key
            mention.edition, mention.year, mention.former = (
                antecedent.edition,
                antecedent.year,
                antecedent.former,
            )
        self._remember(mention)
        self._emit_chain(chain, mention, start=token.start())
        return chain.end

    def _read_above(self, token: re.Match[str]) -> int:
        """Read 上述规定 in a norm: the paragraphs of this article that stand before this one."""
        own = self.own
        if own and own.paragraph and own.paragraph > 1 and token.group() in p.RULES_ABOVE:
            base = own.article_locator
            locators = tuple(base.at("paragraph", value) for value in range(1, own.paragraph))
            self._emit(
                self._own_mention(token.start(), token.end()),
                token.start(),
                token.end(),
                locators,
                token.group(),
            )
        return token.end()

    def _read_here(self, token: re.Match[str]) -> int:
        """Read 本条第一款 or 本款第二项: only with something below, and only inside a norm."""
        own = self.own
        if own is None or own.article is None:
            return token.end()
        base = own.article_locator
        if token.group().endswith("款") and own.paragraph:
            base = base.at("paragraph", own.paragraph)
        elif not token.group().endswith("条"):
            return token.end()
        return self._read_below(token, base)

    def _read_below(self, token: re.Match[str], base: Locator) -> int:
        chain = Chain(self.text, self._after_gap(token.end()), unordered="digits", base=base)
        if not chain.terms:
            return token.end()
        self._emit_chain(chain, self._own_mention(token.start(), token.end()), start=token.start())
        return chain.end

    def _read_preceding(self, token: re.Match[str]) -> int:
        """Read 前款, 前两款, 前各款, 上一条 or 前项, with or without something below."""
        own = self.own
        if own is None or own.article is None:
            return token.end()
        locators = _preceding_locators(own, token.group())
        if not locators:
            return self._skip_below(token)
        chain = Chain(self.text, self._after_gap(token.end()), unordered="digits", base=locators[-1])
        mention = self._own_mention(token.start(), token.end())
        if chain.terms and len(locators) == 1:
            self._emit_chain(chain, mention, start=token.start())
            return chain.end
        self._emit(mention, token.start(), token.end(), locators, self.raw[token.start() : token.end()])
        return token.end()

    def _read_that(self, token: re.Match[str]) -> int:
        """Read 该条第二款 or 该款第一项: below what was cited last."""
        if self.last_cited is None:
            return self._skip_below(token)
        mention, locator = self.last_cited
        unit = "paragraph" if token.group().endswith("款") else "article"
        if token.group().endswith("项") or getattr(locator, unit) is None:
            return token.end()
        base = locator.at(unit, getattr(locator, unit), locator.suffix)
        chain = Chain(self.text, self._after_gap(token.end()), unordered="digits", base=base)
        if not chain.terms:
            return token.end()
        self._emit_chain(chain, mention, start=token.start())
        return chain.end

    def _read_following(self, token: re.Match[str]) -> int:
        """Pass over 下一条第二款, whose number the text does not tell."""
        return self._skip_below(token)

    def _skip_below(self, token: re.Match[str]) -> int:
        """Return where what stands below a word ends that points to nothing known; it is no item of this article."""
        chain = Chain(self.text, self._after_gap(token.end()), unordered="digits")
        is_below = bool(chain.terms) and chain.terms[0].first.article is None
        return chain.end if is_below else token.end()

    def _read_sentence(self, token: re.Match[str]) -> int:
        self.sentence += 1
        self.in_sentence = set()
        return token.end()

    def _read_paragraph(self, token: re.Match[str]) -> int:
        self.sentence += 1
        self.paragraph += 1
        self.in_paragraph = set()
        self.in_sentence = set()
        return token.end()

    # Articles without a name ----------------------------------------------------------------------------------

    def _read_ordinal(self, token: re.Match[str]) -> int:
        start = token.start()
        chain = Chain(self.text, start)
        if not chain.terms:
            return chain.end
        text_before = self.text[max(0, start - WINDOW) : start].rpartition("\n")[2]
        if any(term.first.rank < ARTICLE_RANK for term in chain.terms):
            return chain.end
        if chain.terms[0].first.article is None:
            return self._read_below_article(chain, text_before)
        # 合同第三条 is no article of law, and 第三条道路 no article at all.
        if p.BLOCKING.search(text_before) or p.NOT_CITED.match(self.text, chain.end):
            return chain.end
        # 第三条　…… at the beginning of a line is the article itself.
        if not text_before.strip() and p.HEADING_AFTER.match(self.text, chain.end):
            return chain.end
        mention, name_start = self._antecedent(text_before, start)
        self._emit_chain(chain, mention, start=name_start)
        return chain.end

    def _read_below_article(self, chain: Chain, text_before: str) -> int:
        """Read 第二款 or 第一项 alone: of this article in a norm, elsewhere only after 其中."""
        if self.own is not None and self.own.article is not None:
            base = self.own.article_locator
            mention = self._own_mention(chain.terms[0].start, 0)
        elif self.last_cited is not None and self._is_in_last_cited(text_before):
            mention, locator = self.last_cited
            base = Locator(locator.article, locator.suffix)
            if chain.terms[0].first.paragraph is None and locator.paragraph:
                base = base.at("paragraph", locator.paragraph)
        else:
            return chain.end
        based = Chain(self.text, chain.terms[0].start, base=base)
        if based.terms:
            self._emit_chain(based, mention, start=based.terms[0].start)
        return max(chain.end, based.end)

    def _is_in_last_cited(self, text_before: str) -> bool:
        """Return whether 其中第8项 can be read: this sentence cites one document only."""
        if self.last_cited is None or not p.IN_WHICH.search(text_before):
            return False
        return self.last_cited[0].sentence == self.sentence and len(self.in_sentence) == 1


def _preceding_locators(own: OwnText, written: str) -> tuple[Locator, ...]:
    """Return the articles, paragraphs or items before this one that 前条, 前两款, 前各款 and the like mean."""
    unit, digit = written[-1], written[1]
    count = "一二三四五六七八九".find(digit) + 1 or (2 if digit == "两" else 1)
    if digit == "各":
        count = ((own.paragraph if unit == "款" else own.item) or 1) - 1
    if unit == "条":
        articles = own.preceding[-count:]
        return tuple(Locator(*article) for article in articles) if len(articles) == count else ()
    level = "paragraph" if unit == "款" else "item"
    current = own.paragraph if unit == "款" else own.item
    if current is None or not 0 < count < current:
        return ()
    base = own.article_locator
    if unit == "项" and own.paragraph:
        base = base.at("paragraph", own.paragraph)
    return tuple(base.at(level, value) for value in range(current - count, current))
