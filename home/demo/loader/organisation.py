"""Topics, offices and people of the demo."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from home.demo.loader.reading import read
from home.demo.loader.registry import Registry
from portal.foundation.enums import Lang
from portal.org.models import Department, Office, OfficeAlias, Topic, User
from portal.org.services.accounts import create_account

PASSWORD = "tongtang-demo"


def load_topics(registry: Registry) -> None:
    for row in read("topics")["topic"]:
        parent = registry.topics.get(row.get("parent", ""))
        topic, created = Topic.objects.get_or_create(
            slug=row["slug"], defaults={"name": row["name"], "name_en": row["name_en"], "parent": parent}
        )
        registry.topics[row["slug"]] = topic
        registry.created["topics"] += created


def load_offices(registry: Registry) -> None:
    registry.departments = {department.code: department for department in Department.objects.all()}
    for row in read("offices")["office"]:
        office, created = Office.objects.get_or_create(
            name=row["name"],
            defaults={
                "name_en": row.get("name_en", ""),
                "department": registry.departments[row["department"]],
                "level": row["level"],
                "parent": registry.offices.get(row.get("parent", "")),
                "region": row["region"],
            },
        )
        registry.offices[row["key"]] = office
        registry.created["offices"] += created
        if created:
            OfficeAlias.objects.bulk_create(
                OfficeAlias(office=office, name=name) for name in row.get("aliases", [])
            )


def load_people(registry: Registry) -> None:
    """Create people with one office each; only the printed accounts can sign in, all with one hash of one password."""
    rows = read("people")["person"]
    existing = User.objects.in_bulk([row["username"] for row in rows], field_name="username")
    password = make_password(PASSWORD) if len(existing) < len(rows) else ""
    for row in rows:
        person = existing.get(row["username"])
        if person is None:
            person = _make_person(row, registry.offices[row["office"]], password)
            registry.created["people"] += 1
        registry.people[row["username"]] = person


def _make_person(row: dict, office: Office, password: str) -> User:
    person = create_account(
        username=row["username"],
        display_name=row["display_name"],
        email=row.get("email", ""),
        language=row.get("language", Lang.ZH_HANS),
        office=office,
        since=row["since"],
        roles=row["roles"],
        actor=None,
    )
    # They used the portal before the demo begins: an office is printed where enough people do.
    person.last_login = timezone.now()
    if row.get("account"):
        person.password = password
    person.save(update_fields=["password", "last_login"])
    return person


def accounts() -> list[tuple[User, str]]:
    """Return the people who can sign in with the password, each with the role to try, in the file's order."""
    rows = [row for row in read("people")["person"] if row.get("account")]
    people = User.objects.in_bulk([row["username"] for row in rows], field_name="username")
    return [(people[row["username"]], row["roles"][0]) for row in rows if row["username"] in people]
