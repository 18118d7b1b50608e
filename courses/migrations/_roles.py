from portal.org.roles import grant


def grant_permissions(apps, schema_editor):
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
