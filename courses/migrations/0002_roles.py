from django.db import migrations

from portal.org.roles import grant


def add_permissions(apps, schema_editor):
    for role in ("coordinator",):
        grant(
            apps,
            schema_editor,
            role,
            "courses",
            "trainingsession",
            ["view_trainingsession", "add_trainingsession", "change_trainingsession"],
        )
    for role in ("editor", "analyst", "administrator"):
        grant(apps, schema_editor, role, "courses", "trainingsession", ["view_trainingsession"])


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial"), ("org", "0003_roles")]
    operations = [migrations.RunPython(add_permissions, migrations.RunPython.noop)]
