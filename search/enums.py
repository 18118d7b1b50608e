from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    EQUAL = "equal", pgettext_lazy("synonym", "mean the same")
    ONE_WAY = "one_way", _("the first also finds the others")

    @property
    def sign(self) -> str:
        return "=" if self is Direction.EQUAL else "→"


class Interface(models.TextChoices):
    """The part of the portal in which a search was made."""

    PAGE = "page", _("Search page")
    EXPORT = "export", _("Export as Excel")
    PICK = "pick", _("Choosing records in a form")
    COMMAND = "command", _("Command line")
