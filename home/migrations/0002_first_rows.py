"""The first rows of a new portal, all in one step, since each step builds the models of all apps anew.

What an app begins with stands in its own migrations: departments, roles and what they may do, kinds of cases, pages.
"""

from django.db import migrations

from casebank.migrations._kinds import add_kinds
from casebank.migrations._roles import add_workflow
from casebank.migrations._roles import grant_permissions as grant_on_cases
from courses.migrations._roles import grant_permissions as grant_on_sessions
from home.migrations._front_page import make_pages, remove_pages
from inquiry.migrations._roles import grant_permissions as grant_on_categories
from norms.migrations._permissions import grant_permissions as grant_on_norms
from portal.org.migrations._departments import add_departments
from portal.org.migrations._roles import add_roles, remove_wagtail_defaults
from search.migrations._permissions import grant_permissions as grant_on_synonyms

STEPS = (
    add_departments,
    add_roles,
    remove_wagtail_defaults,
    add_kinds,
    grant_on_cases,
    add_workflow,
    grant_on_sessions,
    grant_on_norms,
    grant_on_categories,
    grant_on_synonyms,
    make_pages,
)


def add_first_rows(apps, schema_editor):
    for step in STEPS:
        step(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("search", "0001_initial"),
        ("inquiry", "0001_initial"),
        ("casebank", "0001_initial"),
        ("courses", "0001_initial"),
        ("norms", "0001_initial"),
        ("org", "0002_initial"),
    ]
    operations = [migrations.RunPython(add_first_rows, remove_pages)]
