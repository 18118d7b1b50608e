"""Settings that an administrator changes for the whole portal."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="cog")
class PortalSettings(BaseGenericSetting):
    """The settings of the portal, one row; `PortalSettings.load()` reads it."""

    closed_to_visitors = models.BooleanField(
        _("closed to visitors"),
        default=False,
        help_text=_("Only people with an account see any page but the sign-in."),
    )
    question_window_days = models.PositiveSmallIntegerField(
        _("days for questions"),
        default=30,
        validators=[MaxValueValidator(365)],
        help_text=_("How many days after a session's end questions can still be raised in it."),
    )
    small_group_people = models.PositiveSmallIntegerField(
        _("people of a small group"),
        default=5,
        validators=[MinValueValidator(2), MaxValueValidator(50)],
        help_text=_(
            "Where fewer people who have signed in work at an office or a department, questions without a name do not "
            "show it."
        ),
    )

    address_hold_days = models.PositiveSmallIntegerField(
        _("days before a new e-mail address counts"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("The person is told at the old address and can cancel the change until then."),
    )

    identity_days = models.PositiveSmallIntegerField(
        _("days for reading who asked"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("How long a keeper can read who asked after another one approved the request."),
    )

    class Meta:
        verbose_name = _("Portal")
