"""Traces of searches without people, and queries that many people type."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.foundation.models import RandomKeyModel
from search.enums import Interface

MAX_TEXT_LENGTH = 200
# So many people must have typed a query before it is offered to others: what fewer type may name a case.
FREQUENT_PEOPLE = 5


class SearchTraceQuerySet(models.QuerySet["SearchTrace"]):
    def since(self, day: dt.date) -> "SearchTraceQuerySet":
        return self.filter(searched_on__gte=day)

    def by_words(self) -> "SearchTraceQuerySet":
        """Filter searches with a text, not by filters alone."""
        return self.exclude(key="")

    def without_hits(self) -> "SearchTraceQuerySet":
        return self.filter(hits=0)

    def without_strict_hits(self) -> "SearchTraceQuerySet":
        """Filter searches that had hits, but none with every word."""
        return self.filter(hits__gt=0, strict_hits=0)

    def followed(self) -> "SearchTraceQuerySet":
        """Filter searches of which a hit was opened."""
        return self.filter(clicked__isnull=False)


class SearchTrace(RandomKeyModel):
    """One search. Its row names no person, no session and no hour, and its random key does not tell its order.

    `clicked` is the best rank of the hits that were opened; `opened` has a bit for the rank of each of them.
    """

    text = models.CharField(_("query"), max_length=MAX_TEXT_LENGTH, blank=True)
    key = models.CharField(_("query, folded"), max_length=MAX_TEXT_LENGTH, blank=True)
    filters = models.JSONField(_("filters"), default=dict)
    interface = models.CharField(_("asked from"), max_length=10, choices=Interface, default=Interface.PAGE)
    engine = models.CharField(_("engine"), max_length=20, blank=True)
    stood_in = models.BooleanField(_("stood in for another engine"), default=False)
    hits = models.PositiveIntegerField(_("hits"))
    strict_hits = models.PositiveIntegerField(_("hits with every word"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    clicked = models.PositiveSmallIntegerField(_("best place opened"), null=True, blank=True)
    clicks = models.PositiveSmallIntegerField(_("hits opened"), default=0)
    opened = models.PositiveIntegerField(_("places opened"), default=0)
    searched_on = models.DateField(_("searched on"), default=timezone.localdate)

    objects = SearchTraceQuerySet.as_manager()

    class Meta:
        ordering = ["-searched_on", "key"]
        indexes = [models.Index(fields=["searched_on", "key"], name="search_trace_by_day")]
        verbose_name = _("trace of a search")
        verbose_name_plural = _("traces of searches")

    def __str__(self) -> str:
        return f"{self.text} ({self.searched_on})"


class QueryCountQuerySet(models.QuerySet["QueryCount"]):
    def frequent(self) -> "QueryCountQuerySet":
        return self.filter(is_frequent=True)

    def rare(self) -> "QueryCountQuerySet":
        return self.filter(is_frequent=False)

    def beginning_with(self, typed: str) -> "QueryCountQuerySet":
        """Filter queries whose folded words begin with a text, or their pinyin or its initials."""
        begins = Q(key__startswith=typed)
        if typed.isascii() and typed.isalpha():
            begins |= Q(pinyin__startswith=typed) | Q(initials__startswith=typed)
        return self.filter(begins)


class QueryCount(models.Model):
    """A query in folded words, and whether five people or more have typed it; until then `QueryMark` counts them.

    Its primary key is no running number, which would tell the order in which queries were first typed.
    """

    key = models.CharField(_("query, folded"), max_length=MAX_TEXT_LENGTH, primary_key=True)
    pinyin = models.CharField(_("pinyin"), max_length=100, blank=True)
    initials = models.CharField(_("initials in pinyin"), max_length=20, blank=True)
    is_frequent = models.BooleanField(_("typed by many"), default=False)
    searches = models.PositiveIntegerField(_("searches"), default=0)
    last_searched_on = models.DateField(_("last searched on"), default=timezone.localdate)

    objects = QueryCountQuerySet.as_manager()

    class Meta:
        ordering = ["-searches", "key"]
        indexes = [models.Index(fields=["is_frequent", "-searches"], name="search_frequent_queries")]
        verbose_name = _("counted query")
        verbose_name_plural = _("counted queries")

    def __str__(self) -> str:
        return self.key


class QueryMark(models.Model):
    """A person who typed a query that fewer than five have typed, as one of 1,024 numbers.

    Only the server's secret key connects a number with a person, and differently for each query. The marks are
    deleted when the query becomes frequent.
    """

    pk = models.CompositePrimaryKey("query_id", "mark")
    query = models.ForeignKey(QueryCount, models.CASCADE, related_name="marks", verbose_name=_("query"))
    mark = models.PositiveSmallIntegerField(_("mark"))

    class Meta:
        verbose_name = _("mark of a query")
        verbose_name_plural = _("marks of queries")

    def __str__(self) -> str:
        return str(self.mark)
