"""Synonyms that staff keep. They change queries and no index, so that the next search obeys them."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.foundation.cached_tables import CachedTable, CachedTableQuerySet
from search.enums import Direction
from search.text.analysis import exact_key

# What people write between words of a list, in Chinese or English.
SEPARATORS = "、，,;；=\n"
# A single character occurs in too many words.
MIN_WORD_LENGTH = 2
MAX_WORD_LENGTH = 60
MAX_WORDS = 12


class SynonymQuerySet(CachedTableQuerySet):
    def active(self) -> "SynonymQuerySet":
        return self.filter(is_active=True)


class Synonym(CachedTable):
    """A word with its synonyms. A word has one row, however it is written (`key`).

    `direction` says whether `others` only replace `term`, or all of them replace one another. `save_synonym` in
    `search.query.synonyms` validates (`clean`) and saves.
    """

    cache_name: ClassVar[str] = "search.synonyms"
    cached_fields: ClassVar[frozenset[str]] = frozenset({"term", "direction", "others", "is_active"})

    term = models.CharField(
        pgettext_lazy("synonym", "word"),
        max_length=MAX_WORD_LENGTH,
        help_text=_("As people type it: 社矫, 坐牢. Width, case and traditional characters do not count."),
    )
    key = models.CharField(max_length=MAX_WORD_LENGTH, editable=False)
    others = models.TextField(
        _("other words"),
        max_length=1000,
        help_text=_(
            "One on a line, or with 、 between them: 社区矫正. In a word with a space in it, each part must be found. "
            "Other words of these words are not followed: write every word that is meant."
        ),
    )
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, default=Direction.EQUAL)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("For colleagues: why this row is here.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["key"], name="search_one_row_for_a_word")]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return f"{self.term} {self.sign} {'、'.join(self.other_words)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = exact_key(self.term)
        super().save(*args, **kwargs)

    @property
    def sign(self) -> str:
        return Direction(self.direction).sign

    @property
    def other_words(self) -> list[str]:
        return split_words(self.others)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield (word, synonym): the second may stand for the first."""
        if self.direction == Direction.EQUAL:
            yield from permutations([self.term, *self.other_words], 2)
        else:
            yield from ((self.term, synonym) for synonym in self.other_words)

    def clean(self) -> None:
        super().clean()
        self.term = self.term.strip()
        self.key = exact_key(self.term)
        errors = {"term": self._term_errors(), "others": self._other_words_errors()}
        if any(errors.values()):
            raise ValidationError({name: texts for name, texts in errors.items() if texts})
        self.others = "、".join(self.other_words)

    def _term_errors(self) -> list[str]:
        if not self.term:
            return []
        if error := word_error(self.term):
            return [error]
        existing = Synonym.objects.filter(key=self.key).exclude(pk=self.pk).first()
        if existing is None:
            return []
        values = {"word": self.term, "row": existing}
        return [str(_("“%(word)s” has a row already: %(row)s.") % values)]

    def _other_words_errors(self) -> list[str]:
        words = self.other_words
        if not self.others:
            return []
        if not words:
            return [str(_("Write at least one other word."))]
        if len(words) > MAX_WORDS:
            return [str(_("Write %(limit)s words at most.") % {"limit": MAX_WORDS})]
        errors = [error for word in words if (error := word_error(word))]
        word_by_key = {self.key: self.term}
        for word in words:
            key = exact_key(word)
            if key and key in word_by_key:
                values = {"word": word, "same": word_by_key[key]}
                errors.append(str(_("“%(word)s” is the same word as “%(same)s” to the search.") % values))
            word_by_key.setdefault(key, word)
        return errors


def split_words(written: str) -> list[str]:
    """Return the words of a written list, each once, without spaces around them."""
    spaced = written.translate({ord(mark): "\n" for mark in SEPARATORS})
    return list(dict.fromkeys(word.strip() for word in spaced.splitlines() if word.strip()))


def word_error(word: str) -> str:
    """Return why this cannot be a word of a row; an empty text where it can."""
    key = exact_key(word)
    values = {"word": word, "limit": MAX_WORD_LENGTH}
    if not key:
        return str(_("“%(word)s” holds no word, only punctuation.") % values)
    if len(key) < MIN_WORD_LENGTH:
        template = _(
            "“%(word)s” is a single character. It occurs in so many words that it would find nearly everything."
        )
        return str(template % values)
    # Folding can make a text longer (㎏ is kg), and the column holds both.
    if max(len(key), len(word)) > MAX_WORD_LENGTH:
        return str(_("A word may have %(limit)s characters at most: “%(word)s”.") % values)
    return ""
