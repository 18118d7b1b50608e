"""Marks and snippets of hits, made from the text itself, so that every engine shows the same."""

from dataclasses import dataclass

from search.query.parsing import ParsedText
from search.text.analysis import RUN, bigrams_of, exact_key, fold_with_offsets, is_han, runs
from search.text.similarity import QUIET

# Characters of a snippet: about two lines of the page.
SNIPPET_LENGTH = 110
# A snippet begins up to so many characters before its first match, at the beginning of a sentence if there is one.
MAX_LEAD_LENGTH = 24
STOPS = "。！？；\n"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that is marked as a whole, or not at all."""

    text: str
    marked: bool = False


Span = tuple[int, int]


def needles(folded: str, parsed: ParsedText) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (words, pairs) to mark; pairs are those of sentences and of keywords that do not occur themselves."""
    words = list(parsed.keywords)
    words += [exact_key(phrase) for phrase in parsed.phrases if len(runs(phrase)) == 1]
    words += [run for phrase in parsed.phrases if len(runs(phrase)) > 1 for run in runs(phrase)]
    pairs = bigrams_of(run for text in parsed.sentences for run in runs(text))
    missing = [run for run in parsed.keywords if run not in folded]
    pairs += bigrams_of(run for run in missing if len(run) > 2 and is_han(run))
    # Function words would mark every other character of a text.
    content = [pair for pair in pairs if not (QUIET & set(pair)) and (len(pair) > 1 or not is_han(pair))]
    return tuple(dict.fromkeys(words)), tuple(dict.fromkeys(content))


def matches(text: str, parsed: ParsedText) -> list[Span]:
    """Return the character ranges of `text` that match the query, merged where they touch."""
    folded, offsets = fold_with_offsets(text)
    words, pairs = needles(folded, parsed)
    spans = _merge([span for needle in (*words, *pairs) for span in _occurrences(folded, needle)])
    return _merge([(offsets[start], offsets[end - 1] + 1) for start, end in spans])


def _occurrences(folded: str, needle: str) -> list[Span]:
    if not is_han(needle):
        return [run.span() for run in RUN.finditer(folded) if run.group() == needle]
    spans = []
    start = folded.find(needle)
    while start >= 0:
        spans.append((start, start + len(needle)))
        start = folded.find(needle, start + 1)
    return spans


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def mark(text: str, parsed: ParsedText) -> tuple[Segment, ...]:
    """Return a text in segments, with those marked that match the query."""
    return _segments(text, matches(text, parsed))


def snippet(text: str, parsed: ParsedText, *, width: int = SNIPPET_LENGTH) -> tuple[Segment, ...]:
    """Return the stretch of `text` with most matches, on one line, with an ellipsis where it is cut."""
    flat = " ".join(text.split())
    spans = matches(flat, parsed)
    start = _best_start(flat, spans, width)
    end = min(len(flat), start + width)
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    segments = _segments(flat[start:end], inside)
    before = (Segment("……"),) if start else ()
    after = (Segment("……"),) if end < len(flat) else ()
    return (*before, *segments, *after)


def plain(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in segments)


def _best_start(text: str, spans: list[Span], width: int) -> int:
    """Return where the window begins that shows most: different matches count ten times as much as repeated ones."""
    if not spans or len(text) <= width:
        return 0
    best, best_value = 0, -1
    for start, _end in spans:
        opening = _sentence_start(text, start)
        inside = [text[a:b] for a, b in spans if opening <= a and b <= opening + width]
        value = sum(len(piece) for piece in set(inside)) * 10 + len(inside)
        if value > best_value:
            best, best_value = opening, value
    return max(0, min(best, len(text) - width)) if len(text) - best < width // 2 else best


def _sentence_start(text: str, position: int) -> int:
    """Return the beginning of the sentence around `position` if it is near, else a little before `position`."""
    earliest = max(0, position - MAX_LEAD_LENGTH)
    cut = max(text.rfind(stop, earliest, position) for stop in STOPS)
    start = cut + 1 if cut >= 0 else earliest
    while start < position and text[start] == " ":
        start += 1
    return start


def _segments(text: str, spans: list[Span]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    position = 0
    for start, end in spans:
        if start > position:
            segments.append(Segment(text[position:start]))
        segments.append(Segment(text[start:end], True))
        position = end
    if position < len(text):
        segments.append(Segment(text[position:]))
    return tuple(segments)
