"""System checks of the configuration."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from portal.settings.env import problems


@register()
def check_environment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return one error for each environment variable whose value could not be read."""
    return [
        Error(f"{name}: {message}", hint="The README's table says what it may be.", id="tongtang.E001")
        for name, message in problems
    ]
