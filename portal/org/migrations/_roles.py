"""Roles are groups. What each may do in other apps is granted by those apps' own migrations."""

from portal.org.roles import ADMIN_ACCESS, grant, grant_in_collections, grant_on_pages

ROLES = ["trainee", "coordinator", "editor", "analyst", "signatory", "keeper", "reviewer", "administrator"]


def add_roles(apps, schema_editor):
    alias = schema_editor.connection.alias
    for role in ROLES:
        apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=role)
    for role in ("coordinator", "editor", "analyst", "administrator"):
        grant(apps, schema_editor, role, *ADMIN_ACCESS)
    for role in ("coordinator", "editor", "analyst", "administrator"):
        grant(apps, schema_editor, role, "org", "topic", ["view_topic", "add_topic", "change_topic"])
    grant(apps, schema_editor, "administrator", "org", "topic", ["delete_topic"])
    for role in ("coordinator", "administrator"):
        codenames = ["view_calendaryear", "add_calendaryear", "change_calendaryear"]
        grant(apps, schema_editor, role, "org", "calendaryear", codenames)
    for model in ("department", "office"):
        grant(
            apps,
            schema_editor,
            "administrator",
            "org",
            model,
            [f"view_{model}", f"add_{model}", f"change_{model}", f"delete_{model}"],
        )
    grant(apps, schema_editor, "administrator", "org", "user", ["view_user", "add_user", "change_user"])
    grant(apps, schema_editor, "administrator", "org", "portalsettings", ["change_portalsettings"])
    for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        codenames = [f"add_{model}", f"change_{model}", f"choose_{model}"]
        for role in ("coordinator", "editor"):
            grant_in_collections(apps, schema_editor, role, app, model, codenames)
    grant_on_pages(
        apps, schema_editor, "editor", ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]
    )


def remove_wagtail_defaults(apps, schema_editor):
    """Wagtail's own groups and their approval would stand beside ours with no one in them."""
    alias = schema_editor.connection.alias
    workflows = apps.get_model("wagtailcore", "Workflow").objects.using(alias)
    workflows.filter(name="Moderators approval").delete()
    apps.get_model("wagtailcore", "Task").objects.using(alias).filter(name="Moderators approval").delete()
    apps.get_model("auth", "Group").objects.using(alias).filter(name__in=["Editors", "Moderators"]).delete()
