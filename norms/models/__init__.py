from .citations import Citation
from .documents import DocumentAlias, DocumentVersion, NormativeDocument
from .provisions import ArticleIdentity, Provision

__all__ = [
    "ArticleIdentity",
    "Citation",
    "DocumentAlias",
    "DocumentVersion",
    "NormativeDocument",
    "Provision",
]
