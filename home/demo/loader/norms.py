"""Laws known by name, and the sample norms brought in through the importer."""

from __future__ import annotations

from home.demo.loader.reading import NORMS_DIR, read
from home.demo.loader.registry import Registry
from norms.models import DocumentAlias, NormativeDocument
from norms.services.importing import import_norm
from norms.signals import names_changed
from norms.titles import title_key


def load_laws(registry: Registry) -> None:
    """Create the documents that are known without their text; one that was imported before stays as it is."""
    for row in read("laws")["law"]:
        document = NormativeDocument.objects.named(row["title"]).first()
        if document is None:
            document = NormativeDocument.objects.create(**_details(row))
            registry.created["laws"] += 1
        _add_aliases(document, row)


def load_samples(registry: Registry) -> None:
    """Import the norms written for the demo, which say that they are samples."""
    for row in read("laws")["sample"]:
        document = NormativeDocument.objects.named(row["title"]).first()
        if document is None:
            document = NormativeDocument.objects.create(**_details(row), is_sample=True)
        _add_aliases(document, row)
        for name in row["files"]:
            result = import_norm(name=name, content=(NORMS_DIR / name).read_bytes(), actor=None)
            if result.error:
                raise ValueError(f"{name}: {result.error}")
            registry.created["norms"] += result.version is not None


def _details(row: dict) -> dict:
    details = {
        "title": row["title"],
        "title_en": row["title_en"],
        "kind": row["kind"],
        "issuing_bodies": row["issuing_bodies"],
        "document_number": row.get("number", ""),
        "promulgated_on": row.get("promulgated_on"),
        "effective_on": row.get("effective_on"),
    }
    return details | ({"status": row["status"]} if "status" in row else {})


def _add_aliases(document: NormativeDocument, row: dict) -> None:
    """Give the document those other names that no other document has."""
    keys = {title_key(name): name for name in row.get("aliases", [])}
    taken_keys = set(DocumentAlias.objects.filter(key__in=keys).values_list("key", flat=True))
    free = [name for key, name in keys.items() if key not in {document.title_key, *taken_keys}]
    DocumentAlias.objects.bulk_create(
        DocumentAlias(document=document, name=name, key=title_key(name)) for name in free
    )
    if free:
        names_changed.send(sender=NormativeDocument, document=document)
