"""Dossiers of the demo: opened, filled, worded clause by clause and, one of them, finished."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

from home.demo.loader.playback import Event, shifted
from home.demo.loader.reading import moment, read
from home.demo.loader.registry import Registry
from inquiry.enums import DossierStatus
from inquiry.models import Dossier, DossierItem
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from norms.models import Provision
from norms.selectors import find_documents_by_name, resolve


def dossier_events(registry: Registry) -> Iterator[Event]:
    for row in read("dossiers")["dossier"]:
        yield from _DossierHistory(registry, row).events()


class _DossierHistory:
    """One dossier; `items` are its gathered sources by key."""

    def __init__(self, registry: Registry, row: dict) -> None:
        self.registry, self.row = registry, row
        self.author = registry.people[row["by"]]
        self.opened_on = shifted(row["opened_on"], registry.today)
        self.items: dict[str, DossierItem] = {}
        self.dossier: Dossier

    def events(self) -> Iterator[Event]:
        yield Event(moment(self.opened_on, "09:30"), self.open)
        yield Event(moment(self.opened_on + datetime.timedelta(days=3), "10:20"), self.gather)
        for order, clause in enumerate(self.row["clause"], start=1):
            day = self.opened_on + datetime.timedelta(days=4 + 2 * order)
            yield Event(moment(day, "15:00"), partial(self.word, clause))
        if "finished_on" in self.row:
            yield Event(moment(shifted(self.row["finished_on"], self.registry.today), "16:10"), self.finish)

    def open(self) -> None:
        self.dossier = create_dossier(
            title=self.row["title"],
            target_title=self.row["target"],
            target_document=find_documents_by_name(self.row["target_document"])[0],
            grounds=self.row["grounds"].strip(),
            analysis=self.row["analysis"].strip(),
            actor=self.author,
        )
        self.registry.created["dossiers"] += 1

    def gather(self) -> None:
        registry, row = self.registry, self.row
        provisions = {part["key"]: _provision(part) for part in row["provision"]}
        items = add_to_dossier(
            dossier=self.dossier,
            clusters=[registry.clusters[key] for key in row["clusters"]],
            questions=[registry.questions[key] for key in row["questions"]],
            provisions=provisions.values(),
            documents=[find_documents_by_name(name)[0] for name in row.get("documents", [])],
            cases=[registry.cases[key] for key in row["cases"]],
            actor=self.author,
        )
        keys = [*row["clusters"], *row["questions"], *provisions, *row.get("documents", []), *row["cases"]]
        self.items = dict(zip(keys, items, strict=True))

    def word(self, row: dict) -> None:
        save_clause(
            dossier=self.dossier,
            heading=row["heading"],
            text=row["text"].strip(),
            rationale=row["rationale"],
            sources=[self.items[key] for key in row["sources"]],
            actor=self.author,
        )
        self.registry.created["clauses"] += 1

    def finish(self) -> None:
        move_dossier(dossier=self.dossier, status=DossierStatus.FINISHED, actor=self.author)


def _provision(row: dict) -> Provision:
    """Return the article or paragraph that a row names; a sample norm of the demo always has it."""
    locator = {"article": row["article"], "suffix": 0, "paragraph": row.get("paragraph")}
    document = find_documents_by_name(row["document"])[0]
    provision = resolve(document, locator, row["on"])
    if provision is None:
        raise ValueError(f"{row['document']} has no article {row['article']} on {row['on']}")
    return provision
