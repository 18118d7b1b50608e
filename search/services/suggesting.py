"""What may be meant, while it is still being typed."""

from search.documents.base import SearchDocument
from search.engines.base import Engine
from search.plan import WEIGHT
from search.planning import names_plan
from search.query import ParsedText
from search.services.answering import ask
from search.services.results import fresh

MOST = 8


def suggest_titles(
    text: str, tokens: frozenset[str], *, limit: int = MOST, engine: Engine | None = None
) -> list[SearchDocument]:
    """Records whose title, other name or number begins with what was typed, also in pinyin or its initials."""
    plan = names_plan(text, tokens, limit=limit, sort=WEIGHT)
    found = ask(lambda one: one.search(plan), engine=engine).value
    return [hit.document for hit in fresh(found.hits, tokens, ParsedText())[0]]
