"""What gunicorn loads (`-c`) so that every answer says how many statements of SQL it took, of any Django project."""

from collections.abc import Callable, Iterable
from typing import Any

QUERIES_HEADER = "X-Bench-Queries"
# What begins and ends transactions asks for nothing.
TRANSACTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


def post_worker_init(worker: Any) -> None:
    worker.wsgi = counted(worker.wsgi)


def counted(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Wrap a WSGI application; its answers carry `X-Bench-Queries`."""
    from django.db import connection

    def count_queries(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        queries = 0

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal queries
            queries += not sql.startswith(TRANSACTIONS)
            return execute(sql, params, many, context)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, (QUERIES_HEADER, str(queries))], *error)

        with connection.execute_wrapper(count):
            return application(environ, start)

    return count_queries
