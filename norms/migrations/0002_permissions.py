"""Editors and administrators keep the documents and import texts."""

from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("norms", "0001_initial"), ("org", "0003_roles")]
    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
