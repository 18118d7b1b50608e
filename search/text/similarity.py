"""Similarity of two texts, computed from the texts alone, so that every engine gives the same number."""

from collections import Counter

from search.text.analysis import grams

# A pair of characters counts as one; a single character, which occurs in many words, as much less.
UNIGRAM_WEIGHT = 0.3
# Characters too common to say what a sentence is about: function words and question words.
QUIET = frozenset(
    "的了是在和与及或有为对被把将其这那吗呢吧啊能否如何怎么样什么应当可以不个时后前中我们你他她它"
)


def _profile(text: str) -> Counter[str]:
    """Return the weight of each bigram and unigram of a text."""
    single, double = grams(text)
    profile: Counter[str] = Counter()
    for term in double:
        profile[term] += 1
    for term in single:
        profile[term] += UNIGRAM_WEIGHT  # type: ignore[assignment]
    return profile


def dice_similarity(first: str, second: str) -> float:
    """Return Dice's coefficient over weighted bigrams and unigrams of two texts.

    It lies between 0.0 and 1.0; 1.0 means the same words side by side.
    """
    first_profile, second_profile = _profile(first), _profile(second)
    total = sum(first_profile.values()) + sum(second_profile.values())
    if not total:
        return 0.0
    return 2 * sum((first_profile & second_profile).values()) / total


def coverage(query: str, text: str) -> tuple[float, int]:
    """Return how much of a query occurs in a text, whatever the text's length.

    The share (0.0 to 1.0) of the query's words and characters that occur in it, function words left out, and the
    number of words (pairs of characters) among them.
    """
    single, double = grams(query)
    in_text_single, in_text_double = (set(terms) for terms in grams(text))
    words = {term for term in double if not QUIET.intersection(term)}
    characters = {term for term in single if term not in QUIET} - words
    total = len(words) + UNIGRAM_WEIGHT * len(characters)
    matching_words = len(words & in_text_double)
    weight = matching_words + UNIGRAM_WEIGHT * len(characters & in_text_single)
    return weight / (total or 1.0), matching_words


def similarity(query: str, title: str, text: str) -> float:
    """Return how similar a record is to a query, 0.0 to 1.0; 1.0 means that its title or its text is the query.

    The greater of two: the similarity of the texts, and the mean of that and the query's coverage by the text, so
    that a short question finds its answer inside a long text. `text` begins with a line that is the title.
    """
    of_texts = max(
        dice_similarity(query, title),
        dice_similarity(query, text),
        dice_similarity(query, text.partition("\n")[2]),
    )
    covered, _words = coverage(query, text)
    return max(of_texts, (of_texts + covered) / 2)
