from django.utils.translation import gettext


class UnreadableSource(Exception):
    """Raised for a file that cannot be imported; its text says why, in the language active when it is shown."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        values = {
            name: gettext(value) if isinstance(value, str) else value for name, value in self.values.items()
        }
        return gettext(self.message) % values if values else gettext(self.message)


class UndatedSource(UnreadableSource):
    """Raised for a file that may be any version of its document, until somebody gives its date."""
