"""People who type the same at the same moment; on PostgreSQL, with connections of their own."""

import threading
import time

import pytest
from django.db import transaction

from search.analytics.tracing import count_query, trace_search
from search.answers.results import SearchResult
from search.enums import Interface
from search.models import QueryCount, SearchTrace
from search.query.parsing import SearchQuery
from tests.factories.org import UserFactory
from tests.factories.search import FrequentQueryFactory
from tests.search.test_tracing import people
from tests.waiting import WorkerThread, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.mark.parametrize(("count", "is_frequent"), [(4, False), (5, True), (8, True)])
def test_people_at_the_same_moment_are_each_counted(count, is_frequent):
    at_once(*(lambda person=person: count_query("减刑", person) for person in people("减刑", count)))
    counted = QueryCount.objects.get()
    assert (counted.is_frequent, counted.searches) == (is_frequent, count)
    assert counted.marks.count() == (0 if is_frequent else count)


def test_search_does_not_wait_for_another_that_counts_the_same():
    FrequentQueryFactory(key="减刑")
    reader, held, done = UserFactory(), threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            QueryCount.objects.select_for_update().get()
            held.set()
            return done.wait(30)

    holder = WorkerThread(hold)
    assert held.wait(30)
    started = time.perf_counter()
    query = SearchQuery(text="减刑")
    token = trace_search(
        query, SearchResult(query=query, total=1, hits=()), interface=Interface.PAGE, reader=reader
    )
    elapsed = time.perf_counter() - started
    done.set()
    assert holder.join() is True
    assert token != ""
    assert elapsed < 1
    assert (SearchTrace.objects.count(), QueryCount.objects.get().searches) == (1, 5)
