"""Who keeps the table of categories. Questions and those who asked them are edited nowhere in the admin."""

from portal.org.roles import grant

KEEPERS_OF_CATEGORIES = ("coordinator", "analyst", "administrator")
PERMISSIONS = ["view_categorymapping", "add_categorymapping", "change_categorymapping", "delete_categorymapping"]


def grant_permissions(apps, schema_editor):
    for role in KEEPERS_OF_CATEGORIES:
        grant(apps, schema_editor, role, "inquiry", "categorymapping", PERMISSIONS)
