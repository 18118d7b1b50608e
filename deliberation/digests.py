"""The fingerprint of a text version: what a signature stands for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class SignedContent:
    """Everything that a digest covers: `files` are (name, SHA-256), `attendees` (name, office, presence)."""

    number: str
    version: int
    title: str
    text: str
    files: Sequence[tuple[str, str]]
    parties: Sequence[str]
    attendees: Sequence[tuple[str, str, str]] = ()


def digest_of(content: SignedContent) -> str:
    """Return the SHA-256, in hexadecimal digits, of canonical JSON: keys sorted, no spaces, UTF-8."""
    canonical = json.dumps(asdict(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def printed_digest(digest: str) -> str:
    """Return a digest in groups of eight digits, as people compare it and lines can break it."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def digest_of_file(content: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
