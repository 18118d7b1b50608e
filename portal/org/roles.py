"""Functions by which the migrations of each app give permissions to roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# The permission to enter Wagtail's admin, as arguments of `grant`.
ADMIN_ACCESS = ("wagtailadmin", "admin", ["access_admin"])


def grant(
    apps: Any, schema_editor: Any, role: str, app_label: str, model: str, codenames: Iterable[str]
) -> None:
    """Give a role the permissions `codenames` on a model.

    Django makes permissions after migrating, too late for a data migration; so the rows are made here when
    they are missing, and Django finds them.
    """
    using = schema_editor.connection.alias
    group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=role)
    group.permissions.add(*_permissions(apps, using, app_label, model, codenames))


def grant_in_collections(
    apps: Any, schema_editor: Any, role: str, app_label: str, model: str, codenames: Iterable[str]
) -> None:
    """Give a role permissions on all images or documents: those stand in Wagtail's collections."""
    using = schema_editor.connection.alias
    group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=role)
    root = apps.get_model("wagtailcore", "Collection").objects.using(using).filter(depth=1).first()
    rows = apps.get_model("wagtailcore", "GroupCollectionPermission").objects.using(using)
    for permission in _permissions(apps, using, app_label, model, codenames):
        rows.get_or_create(group=group, collection=root, permission=permission)


def grant_on_pages(apps: Any, schema_editor: Any, role: str, codenames: Iterable[str]) -> None:
    """Give a role permissions on the whole tree of pages."""
    using = schema_editor.connection.alias
    group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=role)
    root = apps.get_model("wagtailcore", "Page").objects.using(using).filter(depth=1).first()
    rows = apps.get_model("wagtailcore", "GroupPagePermission").objects.using(using)
    for permission in _permissions(apps, using, "wagtailcore", "page", codenames):
        rows.get_or_create(group=group, page=root, permission=permission)


def _permissions(apps: Any, using: str, app_label: str, model: str, codenames: Iterable[str]) -> list[Any]:
    kind, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(using)
        .get_or_create(app_label=app_label, model=model)
    )
    rows = apps.get_model("auth", "Permission").objects.using(using)
    return [
        rows.get_or_create(
            content_type=kind, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
        )[0]
        for codename in codenames
    ]
