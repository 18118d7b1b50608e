"""Uploaded pictures, each only to those who may see it."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.static import serve
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.users.models import UserProfile

from portal.org.files import can_view_file
from portal.org.requests import HtmxRequest
from portal.org.rules import can_use_admin

# A picture may be a page of its own (SVG): nothing in it runs.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
INLINE_TYPES = frozenset(
    ("image/avif", "image/gif", "image/jpeg", "image/png", "image/webp", "image/svg+xml")
)


def media(request: HtmxRequest, path: str) -> HttpResponse | FileResponse:
    """Serve an image, a rendition of one or a portrait; 404 for what is none, or not for this person.

    Documents have an address of their own (`/documents/`). Behind nginx the answer names the file, and nginx sends it.
    """
    if not _may_read(request, path):
        raise Http404
    response = _redirected(path) if settings.MEDIA_REDIRECT else serve(request, path, settings.MEDIA_ROOT)
    # Asked for again each time: what turns private is not shown from a cache, neither a shared one nor the browser's.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.headers.get("Content-Type", "").partition(";")[0] not in INLINE_TYPES:
        response.headers["Content-Disposition"] = content_disposition_header(True, Path(path).name) or ""
    return response


def _may_read(request: HtmxRequest, path: str) -> bool:
    image = _image_of(path)
    if image is not None:
        return can_view_file(request.user, image)
    # Portraits that people put into their account, for those who work in the admin, where they are shown.
    return can_use_admin(request.user) and UserProfile.objects.filter(avatar=path).exists()


def _image_of(path: str) -> AbstractImage | None:
    """Return the image whose file or rendition has this path, as it is stored and in no other spelling."""
    images = get_image_model()
    image = images.objects.filter(file=path).first()
    if image:
        return image
    rendition = images.get_rendition_model().objects.filter(file=path).select_related("image").first()
    return rendition.image if rendition else None


def _redirected(path: str) -> HttpResponse:
    """Return an answer without a body, whose header tells nginx which file to send (X-Accel-Redirect)."""
    if not (Path(settings.MEDIA_ROOT) / path).is_file():
        raise Http404
    response = HttpResponse(content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
    quoted = "/".join(quote(part) for part in path.split("/"))
    response.headers["X-Accel-Redirect"] = f"{settings.MEDIA_REDIRECT.rstrip('/')}/{quoted}"
    return response
