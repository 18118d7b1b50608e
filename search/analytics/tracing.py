"""Writing of traces. They name nobody, and no answer fails or waits because of its trace."""

import datetime as dt
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import Error, connection, transaction
from django.db.models import Count, Exists, F, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.org.models import User
from portal.org.rules import is_staff_member
from search.analytics.trace_text import (
    has_conditions,
    is_countable,
    pinyin_of,
    query_key,
    traced_filters,
    traced_text,
)
from search.answers.results import SearchResult
from search.enums import Interface
from search.models import QueryCount, QueryMark, SearchTrace
from search.models.traces import FREQUENT_PEOPLE
from search.query.parsing import SearchQuery

logger = logging.getLogger(__name__)

# A search waits no longer than this for its trace to be written.
LOCK_TIMEOUT_MS = 50
SALT = "search.trace"
TOKEN_LIFETIME = dt.timedelta(days=1)
# Hits of a page; the bits of `SearchTrace.opened` have room for no more.
MAX_HITS = 30
# Few enough that two people can share a mark and count as one: a mark proves nothing about a person.
MARK_COUNT = 1024
# What fewer than five people typed is counted on only if it is typed again within so many days.
RARE_DAYS = 30


def trace_search(
    query: SearchQuery,
    result: SearchResult,
    *,
    interface: Interface,
    reader: User | AnonymousUser | None = None,
) -> str:
    """Trace the first page of a search and return a token for `note_click`; an empty text where there is no trace.

    `reader` is the person who typed the whole query. Staff leave a mark, which counts people until five have typed
    the query. Never raises: a trace that cannot be written within `LOCK_TIMEOUT_MS` is left out.
    """
    if query.offset or not has_conditions(query):
        return ""
    strict = result.total if result.strict_total is None else result.strict_total
    trace = SearchTrace(
        filters=traced_filters(result.query.filters),
        interface=interface,
        engine=result.engine,
        stood_in=result.is_fallback,
        hits=max(0, result.total),
        strict_hits=max(0, strict),
        milliseconds=round(result.milliseconds),
    )
    if not _store(trace, query.text):
        return ""
    if reader and is_staff_member(reader) and strict > 0 and is_countable(query.text):
        _count_quietly(query_key(query.text), reader)
    return signing.dumps([trace.pk.hex, min(len(result.hits), MAX_HITS)], salt=SALT)


def trace_jump(query: SearchQuery, *, interface: Interface, milliseconds: float) -> None:
    """Trace a query that led straight to its record, as a search with one hit that was opened."""
    trace = SearchTrace(
        filters=traced_filters(query.filters),
        interface=interface,
        hits=1,
        strict_hits=1,
        milliseconds=round(milliseconds),
        clicked=1,
        clicks=1,
        opened=1,
    )
    _store(trace, query.text)


def note_click(*, token: str, position: int) -> bool:
    """Note that the hit of a rank was opened. Return False for a forged or old token, and for a hit noted before."""
    try:
        trace, hit_count = signing.loads(token, salt=SALT, max_age=TOKEN_LIFETIME)
        key = uuid.UUID(trace)
    except (signing.BadSignature, ValueError):
        return False
    if not 1 <= position <= hit_count:
        return False
    bit = 1 << (position - 1)
    unnoted = SearchTrace.objects.filter(pk=key).alias(noted=F("opened").bitand(bit)).filter(noted=0)
    try:
        with _without_waiting():
            return bool(
                unnoted.update(
                    clicked=Least(Coalesce(F("clicked"), position), Value(position)),
                    clicks=F("clicks") + 1,
                    opened=F("opened").bitor(bit),
                )
            )
    except Error as error:
        logger.warning("a click was not noted: %s", type(error).__name__)
        return False


@dataclass(frozen=True, slots=True)
class PrunedCounts:
    """Rows that were deleted."""

    traces: int
    queries: int


@transaction.atomic
def prune_traces(*, today: dt.date | None = None) -> PrunedCounts:
    """Delete traces and queries older than `SEARCH_TRACE_DAYS`, and rare queries that nobody has typed again."""
    day = today or timezone.localdate()
    first_day = day - dt.timedelta(days=settings.SEARCH_TRACE_DAYS)
    rare_from = max(first_day, day - dt.timedelta(days=RARE_DAYS))
    traces, _by_model = SearchTrace.objects.filter(searched_on__lt=first_day).delete()
    frequent, _by_model = QueryCount.objects.filter(last_searched_on__lt=first_day).delete()
    rare, _by_model = QueryCount.objects.rare().filter(last_searched_on__lt=rare_from).delete()
    return PrunedCounts(traces, frequent + rare)


def _store(trace: SearchTrace, text: str) -> bool:
    trace.text = traced_text(text)
    trace.key = query_key(trace.text)
    try:
        with _without_waiting():
            trace.save(force_insert=True)
    except Error as error:
        logger.warning("a search was not traced: %s", type(error).__name__)
        return False
    return True


def _count_quietly(key: str, reader: User) -> None:
    try:
        with _without_waiting():
            count_query(key, reader)
    except Error as error:
        logger.warning("a query was not counted: %s", type(error).__name__)


@transaction.atomic
def count_query(key: str, reader: User) -> None:
    """Count a query, and its reader unless their mark is there already; five readers make it frequent.

    The update locks the row, so that people who type it at the same time are counted one after another.
    """
    today = timezone.localdate()
    rows = QueryCount.objects.filter(key=key)
    once_more = {"searches": F("searches") + 1, "last_searched_on": today}
    if not rows.update(**once_more):
        pinyin, initials = pinyin_of(key)
        QueryCount.objects.get_or_create(key=key, defaults={"pinyin": pinyin, "initials": initials})
        rows.update(**once_more)
    mark = mark_of(key, reader)
    marks = QueryMark.objects.filter(query_id=key)
    counted = rows.rare().annotate(
        people=Count("marks__mark"), is_marked=Exists(marks.filter(mark=mark).values("mark"))
    )
    # None once the query is frequent.
    people, is_marked = counted.values_list("people", "is_marked").first() or (0, True)
    if is_marked:
        return
    QueryMark.objects.bulk_create([QueryMark(query_id=key, mark=mark)], ignore_conflicts=True)
    if people + 1 >= FREQUENT_PEOPLE:
        rows.update(is_frequent=True)
        marks.delete()


def mark_of(key: str, reader: User) -> int:
    """Return a person's mark for a query. It differs by query, so that a person's queries cannot be put together."""
    digest = salted_hmac("search.marks", f"{key}\n{reader.pk}", algorithm="sha256").digest()
    return int.from_bytes(digest[:2]) % MARK_COUNT


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Run a transaction that fails after `LOCK_TIMEOUT_MS` where it waits for another one's lock."""
    if connection.vendor == "sqlite":
        timeout_ms = round(1000 * connection.settings_dict["OPTIONS"].get("timeout", 5))
        _execute(f"PRAGMA busy_timeout = {LOCK_TIMEOUT_MS}")
        try:
            with transaction.atomic():
                yield
        finally:
            _execute(f"PRAGMA busy_timeout = {timeout_ms}")
        return
    with transaction.atomic():
        _execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        yield


def _execute(statement: str) -> None:
    """Run a statement outside of Django's cursor, which would open a transaction on SQLite first."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(statement)
