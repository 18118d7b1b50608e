"""Names that documents go by."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from norms.models import Citation, DocumentAlias, NormativeDocument
from norms.titles import title_key
from portal.foundation.signals import announce_changed
from portal.org.models import User


@transaction.atomic
def add_name(*, document: NormativeDocument, name: str, actor: User) -> int:
    """Let a document go by another name; how many citations this links to it.

    Raises ValidationError for a name that is empty or stands for a document already.
    """
    key = title_key(name)
    if not key or len(name) > 300:
        raise ValidationError(_("This cannot be a name."))
    if NormativeDocument.objects.named(name).exists():
        raise ValidationError(_("This name already stands for a document."))
    before = Citation.objects.filter(document=document).count()
    DocumentAlias.objects.create(document=document, name=name.strip())
    log(instance=document, action="norms.name", user=actor, data={"name": name})
    announce_changed(document)
    return Citation.objects.filter(document=document).count() - before
