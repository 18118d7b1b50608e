"""Other words for what people type, kept by staff; they work on queries, so that no index is touched."""

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

SEPARATORS = "、，,;；=\n"
SHORTEST_WORD = 2
LONGEST_WORD = 60
MAX_WORDS = 12


class SynonymQuerySet(CachedTableQuerySet):
    def active(self) -> "SynonymQuerySet":
        return self.filter(is_active=True)


class Synonym(CachedTable):
    """`term` and the words that may stand for it, or mean the same; one row for a word, however it is written.

    `clean` says in words what is wrong with a row; `query.synonyms.save_synonym` calls it.
    """

    cache_name: ClassVar[str] = "search.synonyms"
    cached_fields: ClassVar[frozenset[str]] = frozenset({"term", "direction", "others", "is_active"})

    term = models.CharField(
        pgettext_lazy("synonym", "word"),
        max_length=LONGEST_WORD,
        help_text=_("As people type it: 社矫, 坐牢. Width, case and traditional characters do not count."),
    )
    key = models.CharField(max_length=LONGEST_WORD, editable=False)
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
        """(word, what may stand for it)."""
        if self.direction == Direction.EQUAL:
            yield from permutations([self.term, *self.other_words], 2)
        else:
            yield from ((self.term, other) for other in self.other_words)

    def clean(self) -> None:
        super().clean()
        self.term = self.term.strip()
        self.key = exact_key(self.term)
        faults = {"term": self._faults_of_term(), "others": self._faults_of_others()}
        if found := {name: texts for name, texts in faults.items() if texts}:
            raise ValidationError(found)
        self.others = "、".join(self.other_words)

    def _faults_of_term(self) -> list[str]:
        if not self.term:
            return []
        if fault := fault_of(self.term):
            return [fault]
        taken = Synonym.objects.filter(key=self.key).exclude(pk=self.pk).first()
        return (
            [_("“%(word)s” has a row already: %(row)s.") % {"word": self.term, "row": taken}] if taken else []
        )

    def _faults_of_others(self) -> list[str]:
        words = self.other_words
        if not self.others:
            return []
        if not words:
            return [str(_("Write at least one other word."))]
        if len(words) > MAX_WORDS:
            return [str(_("Write %(limit)s words at most.") % {"limit": MAX_WORDS})]
        faults = [fault for word in words if (fault := fault_of(word))]
        seen = {self.key: self.term}
        for word in words:
            key = exact_key(word)
            if key and key in seen:
                told = {"word": word, "same": seen[key]}
                faults.append(_("“%(word)s” is the same word as “%(same)s” to the search.") % told)
            seen.setdefault(key, word)
        return faults


def split_words(written: str) -> list[str]:
    spaced = written.translate({ord(mark): "\n" for mark in SEPARATORS})
    return list(dict.fromkeys(word.strip() for word in spaced.splitlines() if word.strip()))


def fault_of(word: str) -> str:
    """Why this cannot be a word of a row; empty where it can."""
    key = exact_key(word)
    told = {"word": word, "limit": LONGEST_WORD}
    if not key:
        return _("“%(word)s” holds no word, only punctuation.") % told
    if len(key) < SHORTEST_WORD:
        return (
            _(
                "“%(word)s” is a single character. It stands in so many words that it would find nearly everything."
            )
            % told
        )
    if max(len(key), len(word)) > LONGEST_WORD:
        return _("A word may have %(limit)s characters at most: “%(word)s”.") % told
    return ""
