"""Pages of lists: each list of a page that grows with use is cut into pages of its own, named in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.http import QueryDict

Row = TypeVar("Row")


def page_of(
    query: QueryDict,
    rows: Any,
    per_page: int,
    name: str = "page",
    *,
    default: int = 1,
    count: int | None = None,
) -> Page:
    """Return the page that the address asks for under `name`, else the page `default`; there is always one.

    `count` is the number of rows, where it is known: it is not counted again.
    """
    paginator = Paginator(rows, per_page)
    if count is not None:
        paginator.count = count
    return paginator.get_page(query.get(name) or default)


def page_number_of(keys: Sequence[Any], key: Any, per_page: int) -> int:
    """Return the number of the page of a list that holds `key`; the first where none does."""
    return keys.index(key) // per_page + 1 if key in keys else 1


def pages_by_weight(rows: Iterable[Row], weight_of: Callable[[Row], int], limit: int) -> list[list[Row]]:
    """Cut rows into pages that weigh at most `limit` each, or hold one row; there is always one page."""
    pages: list[list[Row]] = [[]]
    weight = 0
    for row in rows:
        own = weight_of(row)
        if pages[-1] and weight + own > limit:
            pages.append([])
            weight = 0
        pages[-1].append(row)
        weight += own
    return pages
