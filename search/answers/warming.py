"""Caches of a web process, built before its first request."""

import logging
import time

from django.db import Error, connections

from norms.selectors import known_names
from search.query.vocabulary import thesaurus
from search.text.pinyin import simplified_forms, syllables

logger = logging.getLogger(__name__)


def warm_caches() -> None:
    """Build the tables of names and characters that the first search would otherwise wait for.

    Nothing depends on it: a process whose database is away, or not migrated yet, starts all the same and builds the
    tables when they are first needed.
    """
    started = time.monotonic()
    try:
        known_names()
        thesaurus()
    except Error as error:
        logger.info("names are not in memory yet: %s", type(error).__name__)
    finally:
        # gunicorn may import the application before it forks, and a connection cannot be shared by processes.
        connections.close_all()
    simplified_forms()
    syllables()
    logger.info("tables in memory after %.0f ms", (time.monotonic() - started) * 1000)
