"""Coordinators and analysts draft and submit, editors approve what others submitted and publish."""

from portal.org.roles import grant

DRAFT = ["view_typicalcase", "add_typicalcase", "change_typicalcase"]
PUBLISH = [*DRAFT, "publish_typicalcase", "lock_typicalcase", "unlock_typicalcase"]
WORKFLOW = "案例审核"


def grant_permissions(apps, schema_editor):
    for role in ("coordinator", "analyst"):
        grant(apps, schema_editor, role, "casebank", "typicalcase", DRAFT)
    grant(apps, schema_editor, "editor", "casebank", "typicalcase", PUBLISH)
    for role in ("editor", "administrator"):
        grant(apps, schema_editor, role, "casebank", "casekind", ["view_casekind", "add_casekind", "change_casekind"])


def add_workflow(apps, schema_editor):
    alias = schema_editor.connection.alias

    def rows(app, model):
        return apps.get_model(app, model).objects.using(alias)

    kind, _ = rows("contenttypes", "ContentType").get_or_create(app_label="casebank", model="peerapprovaltask")
    case, _ = rows("contenttypes", "ContentType").get_or_create(app_label="casebank", model="typicalcase")
    if rows("wagtailcore", "WorkflowContentType").filter(content_type=case).exists():
        return  # after the first rows were taken back
    task = rows("casebank", "PeerApprovalTask").create(name=WORKFLOW, active=True, content_type=kind)
    task.groups.add(rows("auth", "Group").get(name="editor"))
    workflow = rows("wagtailcore", "Workflow").create(name=WORKFLOW, active=True)
    rows("wagtailcore", "WorkflowTask").create(workflow=workflow, task_id=task.pk, sort_order=0)
    rows("wagtailcore", "WorkflowContentType").create(workflow=workflow, content_type=case)
