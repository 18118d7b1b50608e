from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "portal.foundation"
    label = "foundation"
    verbose_name = "Foundation"

    def ready(self) -> None:
        from portal.foundation import checks  # noqa: F401
        from portal.foundation.viewsets import guard_csv_exports

        guard_csv_exports()
