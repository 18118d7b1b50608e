"""Traces of searches: written beside the answer, never in its way, and about nobody."""

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
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.org.models import User
from portal.org.rules import is_staff_member
from search.analytics.trace_text import (
    is_asking,
    is_countable,
    pinyin_of,
    query_key,
    traced_filters,
    traced_text,
)
from search.answers.results import SearchResult
from search.enums import Interface
from search.models import QueryCount, QueryMark, SearchTrace
from search.models.traces import ENOUGH
from search.query.parsing import SearchQuery

logger = logging.getLogger(__name__)

# A search waits no longer than this for its trace to be written.
LOCK_TIMEOUT_MS = 50
SALT = "search.trace"
TOKEN_IS_VALID = dt.timedelta(days=1)
MAX_PLACES = 30
# So few that two people may share one; they count as one then.
MARKS = 1024
# What fewer than five people typed is counted on only if it is typed again within so many days.
RARE_DAYS = 30


def trace_search(
    query: SearchQuery,
    result: SearchResult,
    *,
    interface: Interface,
    reader: User | AnonymousUser | None = None,
) -> str:
    """Trace the first page of what was asked; a token for `note_click`, empty where there is no trace.

    `reader` is whoever typed the whole query. A signed-in one leaves but a mark, and none where five did already.
    Never fails: what cannot be written within moments is left out.
    """
    if query.offset or not is_asking(query):
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
    return signing.dumps([trace.pk.hex, min(len(result.hits), MAX_PLACES)], salt=SALT)


def trace_jump(query: SearchQuery, *, interface: Interface, milliseconds: float) -> None:
    """Trace a query that led straight to its record: one hit, opened."""
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
    """The hit at that place was opened. False where nothing changed: a strange or old token, a place noted before."""
    try:
        trace, shown = signing.loads(token, salt=SALT, max_age=TOKEN_IS_VALID)
        key = uuid.UUID(trace)
    except (signing.BadSignature, ValueError):
        return False
    if not 1 <= position <= shown:
        return False
    place = 1 << (position - 1)
    unnoted = SearchTrace.objects.filter(pk=key).alias(noted=F("opened").bitand(place)).filter(noted=0)
    try:
        with _at_once():
            return bool(
                unnoted.update(
                    clicked=Least(Coalesce(F("clicked"), position), Value(position)),
                    clicks=F("clicks") + 1,
                    opened=F("opened").bitor(place),
                )
            )
    except Error as error:
        logger.warning("a click was not noted: %s", type(error).__name__)
        return False


@dataclass(frozen=True, slots=True)
class Pruned:
    traces: int
    queries: int


@transaction.atomic
def prune_traces(*, today: dt.date | None = None) -> Pruned:
    """Remove what is older than the settings keep it, and rare queries that nobody typed again."""
    day = today or timezone.localdate()
    kept_from = day - dt.timedelta(days=settings.SEARCH_TRACE_DAYS)
    rare_from = max(kept_from, day - dt.timedelta(days=RARE_DAYS))
    traces, _by_model = SearchTrace.objects.filter(searched_on__lt=kept_from).delete()
    frequent, _by_model = QueryCount.objects.filter(last_searched_on__lt=kept_from).delete()
    rare, _by_model = QueryCount.objects.rare().filter(last_searched_on__lt=rare_from).delete()
    return Pruned(traces, frequent + rare)


def _store(trace: SearchTrace, text: str) -> bool:
    trace.text = traced_text(text)
    trace.key = query_key(trace.text)
    try:
        with _at_once():
            trace.save(force_insert=True)
    except Error as error:
        logger.warning("a search was not traced: %s", type(error).__name__)
        return False
    return True


def _count_quietly(key: str, reader: User) -> None:
    try:
        with _at_once():
            count_query(key, reader)
    except Error as error:
        logger.warning("a query was not counted: %s", type(error).__name__)


@transaction.atomic
def count_query(key: str, reader: User) -> None:
    """One more person typed it, unless their mark is there.

    The first statement that changes the row locks it, so that people who type at once are counted one by one.
    """
    today = timezone.localdate()
    pinyin, initials = pinyin_of(key)
    QueryCount.objects.get_or_create(key=key, defaults={"pinyin": pinyin, "initials": initials})
    rows = QueryCount.objects.filter(key=key)
    rows.update(searches=F("searches") + 1, last_searched_on=today)
    if not rows.rare().exists():
        return
    marks = QueryMark.objects.filter(query_id=key)
    QueryMark.objects.bulk_create([QueryMark(query_id=key, mark=mark_of(key, reader))], ignore_conflicts=True)
    if marks.count() >= ENOUGH:
        rows.update(is_frequent=True)
        marks.delete()


def mark_of(key: str, reader: User) -> int:
    """One of 1,024 marks, another for each query, so that a person's queries do not tell which belong together."""
    digest = salted_hmac("search.marks", f"{key}\n{reader.pk}", algorithm="sha256").digest()
    return int.from_bytes(digest[:2]) % MARKS


@contextmanager
def _at_once() -> Iterator[None]:
    """A transaction that gives up where it would have to wait for another one's lock."""
    if connection.vendor == "sqlite":
        usual = round(1000 * connection.settings_dict["OPTIONS"].get("timeout", 5))
        _tell_connection(f"PRAGMA busy_timeout = {LOCK_TIMEOUT_MS}")
        try:
            with transaction.atomic():
                yield
        finally:
            _tell_connection(f"PRAGMA busy_timeout = {usual}")
        return
    with transaction.atomic():
        _tell_connection(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        yield


def _tell_connection(statement: str) -> None:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(statement)
