"""The example on the front page."""

from __future__ import annotations

from home.demo.loader.reading import read
from home.demo.loader.registry import Registry
from home.models import HomePage
from inquiry.models import Dossier


def load_front(registry: Registry) -> None:
    """Show the demo's finished chain as the example on the front page, unless an editor has changed it."""
    page, story = HomePage.objects.first(), read("front")
    if page is None or page.has_unpublished_changes or page.latest_revision_id:
        return
    question = registry.questions[story["question"]]
    dossier = Dossier.objects.get(title=story["dossier"])
    cluster = registry.clusters[story["cluster"]]
    records = {"session": question.session, "question": question, "cluster": cluster, "dossier": dossier}
    page.example_title, page.example_title_en = story["title"], story["title_en"]
    page.example = [("station", _station(row, records)) for row in story["station"]]
    page.save(update_fields=["example_title", "example_title_en", "example"])


def _station(row: dict, records: dict) -> dict:
    """Return a station of the example; the session alone is a link, since it alone is open to visitors."""
    record = records.get(row.get("of", ""))
    return {
        "label": row["label"],
        "label_en": row["label_en"],
        "number": record.number if record else row.get("number", ""),
        "address": record.get_absolute_url() if record and row.get("of") == "session" else "",
        "text": row["text"],
        "text_en": row["text_en"],
    }
