"""How alike two texts are, from the texts alone: the same number whatever engine found them."""

from collections import Counter

from search.text.analysis import grams

UNIGRAM_WEIGHT = 0.3
# Characters too common to say anything in a whole sentence.
QUIET = frozenset(
    "的了是在和与及或有为对被把将其这那吗呢吧啊能否如何怎么样什么应当可以不个时后前中我们你他她它"
)


def _profile(text: str) -> Counter[str]:
    single, double = grams(text)
    profile: Counter[str] = Counter()
    for term in double:
        profile[term] += 1
    for term in single:
        profile[term] += UNIGRAM_WEIGHT  # type: ignore[assignment]
    return profile


def dice_similarity(one: str, other: str) -> float:
    """Share of what two texts have in common (Dice's coefficient over weighted bigrams and unigrams).

    0.0 to 1.0; 1.0 means the same words side by side.
    """
    left, right = _profile(one), _profile(other)
    total = sum(left.values()) + sum(right.values())
    if not total:
        return 0.0
    return 2 * sum((left & right).values()) / total


def coverage(asked: str, text: str) -> tuple[float, int]:
    """How much of what was asked a text speaks of, whatever its length.

    The share of telling words and characters found in it, 0.0 to 1.0, and the number of words (pairs of
    characters) among them.
    """
    single, double = grams(asked)
    in_text_single, in_text_double = (set(terms) for terms in grams(text))
    words = {term for term in double if not QUIET.intersection(term)}
    characters = {term for term in single if term not in QUIET} - words
    total = len(words) + UNIGRAM_WEIGHT * len(characters)
    found = len(words & in_text_double)
    return (found + UNIGRAM_WEIGHT * len(characters & in_text_single)) / (total or 1.0), found


def similarity(asked: str, title: str, text: str) -> float:
    """How much a record says what was asked, 0.0 to 1.0; 1.0 means that its title or its text is what was asked.

    The greater of two: how alike the texts are, and the mean of that and of how much of what was asked is spoken of,
    so that a short question finds its answer inside a long text. `text` begins with a line that is the title.
    """
    alike = max(
        dice_similarity(asked, title),
        dice_similarity(asked, text),
        dice_similarity(asked, text.partition("\n")[2]),
    )
    spoken_of, _words = coverage(asked, text)
    return max(alike, (alike + spoken_of) / 2)
