from .citations import Citation
from .corrections import TextCorrection
from .documents import DocumentAlias, DocumentVersion, NormativeDocument
from .pages import LawIndexPage
from .provisions import ArticleIdentity, Provision

__all__ = [
    "ArticleIdentity",
    "Citation",
    "DocumentAlias",
    "DocumentVersion",
    "LawIndexPage",
    "NormativeDocument",
    "Provision",
    "TextCorrection",
]
