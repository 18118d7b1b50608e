"""Normative documents with versions and provisions."""

from __future__ import annotations

import datetime as dt

import factory

from norms.enums import DocumentKind, ProvisionKind, SourceFormat
from norms.importing.parser import parse_source
from norms.models import ArticleIdentity, DocumentAlias, DocumentVersion, NormativeDocument, Provision
from norms.services.importing import import_norm


class NormativeDocumentFactory(factory.django.DjangoModelFactory):
    """A document that is known by name; its text is added with `VersionFactory` or `import_text`."""

    class Meta:
        model = NormativeDocument
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"宁川省社区矫正工作规定之{n + 1}")
    kind = DocumentKind.LOCAL_NORMATIVE


class AliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentAlias

    document = factory.SubFactory(NormativeDocumentFactory)
    name = factory.Sequence(lambda n: f"矫正规定{n + 1}")


class VersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentVersion

    document = factory.SubFactory(NormativeDocumentFactory)
    title = factory.SelfAttribute("document.title")
    promulgated_on = dt.date(2024, 3, 1)
    effective_on = dt.date(2024, 5, 1)
    source_format = SourceFormat.EDITED
    is_current = True


class ProvisionFactory(factory.django.DjangoModelFactory):
    """An article's row without paragraphs; set `text` and `kind` for others."""

    class Meta:
        model = Provision

    version = factory.SubFactory(VersionFactory)
    kind = ProvisionKind.ARTICLE
    number = factory.Sequence(lambda n: n + 1)
    label = factory.LazyAttribute(lambda row: f"第{row.number}条")
    anchor = factory.LazyAttribute(lambda row: f"art-{row.number}")
    position = factory.Sequence(lambda n: n)


class IdentityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ArticleIdentity

    document = factory.SubFactory(NormativeDocumentFactory)


def import_text(text: str, name: str = "规定(2024-03-01).txt") -> DocumentVersion:
    """A version made by the importer from plain text whose first line is the title."""
    result = import_norm(name=name, content=text.encode(), actor=None)
    assert result.version is not None, result.error or result.status
    return result.version


def parse_text(text: str, name: str = "规定(2024-03-01).txt"):
    return parse_source(name, text.encode())
