"""Answers that are sent compressed where that tells nobody anything (ADR 0029).

Whoever watches an encrypted line sees how long an answer is. Where words from the address are compressed together with
what only the reader may know, the length tells the latter letter by letter (BREACH). So a text that is the same for
everybody is compressed alone, once, and what belongs to one reader stands uncompressed around it.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# No zlib or gzip container: the stream of an answer has one of its own.
RAW_DEFLATE = -zlib.MAX_WBITS
# Magic number, deflate, no flags, no time, no extra flags, unknown system (RFC 1952).
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
CRC_POLYNOMIAL = 0xEDB88320
COMPRESSED_TYPES = ("text/", "application/json", "application/javascript", "image/svg+xml")
ACCEPTS_GZIP = re.compile(r"\bgzip\b")

# What a checksum becomes when a bit of it is set, for each of its 32 bits: a matrix over the field of two elements.
Matrix = tuple[int, ...]


class CompressedText(NamedTuple):
    """A text as blocks of a deflate stream that refer to nothing outside it, with what a gzip stream must know of it."""

    deflated: bytes
    length: int
    checksum: int
    # Moves the checksum of what comes before the text past its length.
    shift: Matrix

    @classmethod
    def of(cls, text: str) -> CompressedText:
        content = text.encode()
        packer = zlib.compressobj(6, zlib.DEFLATED, RAW_DEFLATE)
        deflated = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
        return cls(deflated, len(content), zlib.crc32(content), _shift_by(len(content)))

    @property
    def content(self) -> bytes:
        # The stream is never finished, which only a decompressor of its own takes.
        return zlib.decompressobj(RAW_DEFLATE).decompress(self.deflated)


def response_around(request: HttpRequest, html: str, mark: str, text: CompressedText) -> HttpResponse:
    """Return a page with a compressed text in the place of `mark`, as gzip where the browser takes it."""
    before, _mark, after = (part.encode() for part in html.partition(mark))
    if accepts_gzip(request):
        response = HttpResponse(gzip_around(before, text, after))
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(before + text.content + after)
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def accepts_gzip(request: HttpRequest) -> bool:
    return bool(ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))


def gzip_around(before: bytes, text: CompressedText, after: bytes) -> bytes:
    """Return a gzip stream of three parts, the first and the last of them stored as they are."""
    checksum = _times(text.shift, zlib.crc32(before)) ^ text.checksum
    checksum = zlib.crc32(after, checksum)
    length = (len(before) + text.length + len(after)) & 0xFFFFFFFF
    return b"".join(
        (
            GZIP_HEADER,
            _stored(before, zlib.Z_FULL_FLUSH),
            text.deflated,
            _stored(after, zlib.Z_FINISH),
            struct.pack("<LL", checksum, length),
        )
    )


def _stored(content: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(0, zlib.DEFLATED, RAW_DEFLATE)
    return packer.compress(content) + packer.flush(flush)


def _shift_by(length: int) -> Matrix:
    """Return what moves a CRC-32 past `length` bytes, as zlib's `crc32_combine` does, which Python does not offer."""
    # One bit further: the lowest bit folds into the polynomial, the others move down by one.
    power: Matrix = (CRC_POLYNOMIAL, *(1 << bit for bit in range(31)))
    shift: Matrix = tuple(1 << bit for bit in range(32))
    remaining = length * 8
    while remaining:
        if remaining & 1:
            shift = tuple(_times(power, column) for column in shift)
        power = tuple(_times(power, column) for column in power)
        remaining >>= 1
    return shift


def _times(matrix: Matrix, vector: int) -> int:
    product = bit = 0
    while vector:
        if vector & 1:
            product ^= matrix[bit]
        vector >>= 1
        bit += 1
    return product


class PublicCompressionMiddleware(GZipMiddleware):
    """Compresses what visitors are sent, which holds nothing that is not for everybody; Django pads it at random.

    What people are sent who are signed in is left as it is: those pages hold other people's words beside words from the
    address, and are small.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(COMPRESSED_TYPES)
        if response.streaming or not is_text or _is_signed_in(request):
            return response
        return super().process_response(request, response)


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated
