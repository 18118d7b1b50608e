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
    for role in ("coordinator", "administrator"):
        grant(apps, schema_editor, role, "courses", "rotation", ["view_rotation", "add_rotation"])
    codenames = ["add_rotationparty", "change_rotationparty"]
    grant(apps, schema_editor, "administrator", "courses", "rotationparty", codenames)
    for role in ("editor", "analyst", "administrator"):
        grant(apps, schema_editor, role, "courses", "trainingsession", ["view_trainingsession"])
