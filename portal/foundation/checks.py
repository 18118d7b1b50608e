"""System checks of the configuration."""

from django.core.checks import Error, register

from portal.settings.env import problems


@register()
def check_environment(app_configs, **kwargs) -> list[Error]:
    """One error for each environment variable whose value could not be read."""
    return [
        Error(f"{name}: {message}", hint="The README's table says what it may be.", id="tongtang.E001")
        for name, message in problems
    ]
