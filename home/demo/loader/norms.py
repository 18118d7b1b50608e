"""Laws known by name, and the sample norms brought in through the importer."""

from __future__ import annotations

from home.demo.loader.reading import NORMS_DIR, read
from home.demo.loader.registry import Registry
from norms.models import NormativeDocument
from norms.services.documents import create_document
from norms.services.importing import import_norm
from norms.services.names import add_free_names


def load_laws(registry: Registry) -> None:
    """Create the documents that are known without their text; one that was imported before stays as it is."""
    for row in read("laws")["law"]:
        document = NormativeDocument.objects.with_name(row["title"]).first()
        if document is None:
            create_document(**_details(row), names=row.get("aliases", []))
            registry.created["laws"] += 1
        else:
            add_free_names(document=document, names=row.get("aliases", []))


def load_samples(registry: Registry) -> None:
    """Import the norms written for the demo, which say that they are samples."""
    for row in read("laws")["sample"]:
        document = NormativeDocument.objects.with_name(row["title"]).first()
        if document is None:
            create_document(**_details(row), is_sample=True, names=row.get("aliases", []))
        else:
            add_free_names(document=document, names=row.get("aliases", []))
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
