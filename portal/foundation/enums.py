from django.db import models
from django.utils.translation import gettext_lazy as _


class Lang(models.TextChoices):
    """Languages that a record can be written in."""

    ZH_HANS = "zh-hans", _("Chinese (simplified)")
    EN = "en", _("English")
