"""Other words for what people type, kept by staff; they work on queries, so that no index is touched."""

from collections.abc import Iterator
from itertools import permutations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from search.analysis import exact_key
from search.enums import Direction

SEPARATORS = "、，,;；=\n"
LONGEST_WORD = 60
MOST_WORDS = 12


class SynonymQuerySet(models.QuerySet["Synonym"]):
    def active(self) -> "SynonymQuerySet":
        return self.filter(is_active=True)


class Synonym(models.Model):
    """`term` and the words that may stand for it, or mean the same; one on a line or with 、 between."""

    term = models.CharField(
        pgettext_lazy("synonym", "word"),
        max_length=LONGEST_WORD,
        help_text=_("As people type it: 社矫, 坐牢."),
    )
    others = models.TextField(
        _("other words"), max_length=600, help_text=_("One on a line, or with 、 between them: 社区矫正.")
    )
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, default=Direction.EQUAL)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        ordering = ["term"]
        constraints = [
            models.UniqueConstraint(fields=["term", "direction"], name="search_one_row_for_a_word")
        ]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        sign = "=" if self.direction == Direction.EQUAL else "→"
        return f"{self.term} {sign} {'、'.join(self.other_words)}"

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
        if not exact_key(self.term):
            raise ValidationError({"term": _("This holds no word.")})
        others = {exact_key(word) for word in self.other_words} - {exact_key(self.term), ""}
        if not others:
            raise ValidationError({"others": _("Write at least one other word.")})
        if len(others) > MOST_WORDS:
            raise ValidationError({"others": _("Write %(most)s words at most.") % {"most": MOST_WORDS}})
        if any(len(word) > LONGEST_WORD for word in others):
            raise ValidationError(
                {"others": _("A word may have %(most)s characters at most.") % {"most": LONGEST_WORD}}
            )


def split_words(written: str) -> list[str]:
    spaced = written.translate({ord(mark): "\n" for mark in SEPARATORS})
    return list(dict.fromkeys(word.strip() for word in spaced.splitlines() if word.strip()))
