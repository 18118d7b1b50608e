"""Editors, analysts and administrators keep synonyms."""

from portal.org.roles import grant

KEEPERS = ("editor", "analyst", "administrator")


def grant_permissions(apps, schema_editor):
    codenames = [f"{action}_synonym" for action in ("view", "add", "change", "delete")]
    for role in KEEPERS:
        grant(apps, schema_editor, role, "search", "synonym", codenames)
