"""The variables that configure the portal, in one table.

Each has a row in the README; `portal.foundation.checks` reports those whose value could not be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import Env, EnvError

BASE_DIR = Path(__file__).resolve().parents[2]
DEFAULT_SECRET = "only-for-development-and-never-in-production"


@dataclass(frozen=True)
class Variable:
    """One environment variable: how it is parsed (an `environs` method) and what it is without one.

    `pattern` is a regular expression that the whole value must match, `example` a value that does.
    """

    parse: str
    default: Any
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    pattern: str = ""
    example: str = ""


VARIABLES: dict[str, Variable] = {
    "TONGTANG_DEBUG": Variable("bool", False),
    "TONGTANG_SECRET_KEY": Variable("str", DEFAULT_SECRET),
    "TONGTANG_ALLOWED_HOSTS": Variable("list", []),
    "TONGTANG_BASE_URL": Variable("str", "http://127.0.0.1:8000"),
    "TONGTANG_CSRF_TRUSTED_ORIGINS": Variable("list", []),
    "TONGTANG_DATA_DIR": Variable("path", BASE_DIR / "var"),
    "TONGTANG_DATABASE_URL": Variable("str", ""),
    "TONGTANG_EMAIL_URL": Variable("str", ""),
    "TONGTANG_EMAIL_TIMEOUT": Variable("float", 10.0, minimum=0.1),
    "TONGTANG_EMAIL_FROM": Variable("str", "tongtang@localhost"),
    "TONGTANG_CACHE_URL": Variable("str", ""),
    "TONGTANG_HTTPS": Variable("bool", True),
    "TONGTANG_MEDIA_REDIRECT": Variable("str", "", pattern=r"(/[a-z0-9-]+/)?", example="/protected-media/"),
    "TONGTANG_PROXY_COUNT": Variable("int", 0, minimum=0),
    "TONGTANG_LOG_LEVEL": Variable("str", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
    # A letter first, so that a prefix is never taken for a year. At most 8 characters: records have room for 32.
    "TONGTANG_NUMBER_PREFIX": Variable("str", "", pattern=r"([A-Z][A-Z0-9]{0,6}-)?", example="SC-"),
    "TONGTANG_TIME_ZONE": Variable("str", "Asia/Shanghai"),
    "TONGTANG_SEARCH_ENGINES": Variable("list", ["embedded"]),
    "TONGTANG_ELASTICSEARCH_URL": Variable("list", ["http://127.0.0.1:9200"]),
    "TONGTANG_ELASTICSEARCH_API_KEY": Variable("str", ""),
    "TONGTANG_ELASTICSEARCH_CA_FILE": Variable("str", ""),
    "TONGTANG_ELASTICSEARCH_PREFIX": Variable("str", "tongtang"),
    "TONGTANG_ELASTICSEARCH_SHARDS": Variable("int", 1, minimum=1),
    "TONGTANG_ELASTICSEARCH_REPLICAS": Variable("int", 1, minimum=0),
    "TONGTANG_ELASTICSEARCH_TIMEOUT": Variable("float", 3.0, minimum=0.1),
    "TONGTANG_SEARCH_QUEUE_MINUTES": Variable("int", 10, minimum=1),
    "TONGTANG_SEARCH_TRACE_DAYS": Variable("int", 180, minimum=1),
    "TONGTANG_PASSWORD_LINK_HOURS": Variable("int", 72, minimum=1),
    "TONGTANG_LOCKOUT_FAILURES": Variable("int", 5, minimum=1),
    "TONGTANG_LOCKOUT_MINUTES": Variable("int", 5, minimum=1),
    "TONGTANG_MAX_UPLOAD_MB": Variable("int", 20, minimum=1),
}

env = Env()
problems: list[tuple[str, str]] = []


def read(name: str) -> Any:
    """Return the parsed value of a declared variable; its default, with a row in `problems`, if it cannot be read."""
    variable = VARIABLES[name]
    try:
        value = getattr(env, variable.parse)(name, variable.default)
    except EnvError as error:
        problems.append((name, str(error)))
        return variable.default
    if variable.choices and value not in variable.choices:
        problems.append((name, f"must be one of {', '.join(variable.choices)}"))
        return variable.default
    if variable.minimum is not None and value < variable.minimum:
        problems.append((name, f"must be at least {variable.minimum}"))
        return variable.default
    if variable.pattern and not re.fullmatch(variable.pattern, value):
        problems.append((name, f"must look like {variable.example}"))
        return variable.default
    return value
