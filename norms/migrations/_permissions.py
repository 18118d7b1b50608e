"""Editors and administrators keep the documents and import texts."""

from portal.org.roles import grant

CODENAMES = [
    "view_normativedocument",
    "add_normativedocument",
    "change_normativedocument",
    "import_norms",
]


def grant_permissions(apps, schema_editor):
    for role in ("editor", "administrator"):
        grant(apps, schema_editor, role, "norms", "normativedocument", CODENAMES)
    grant(apps, schema_editor, "administrator", "norms", "normativedocument", ["delete_normativedocument"])
