"""Chosen records and clusters as templates show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiry.models import ClusterMembership, QuestionCluster
from inquiry.selectors import Found, provision_title, show_all
from portal.foundation import dates
from portal.org.models import Department


def chosen_rows(found: Found, user) -> list[dict]:
    """One dict for each record: {key, kind, number, title, url}."""
    rows = [
        {
            "key": f"cluster:{each.pk}",
            "kind": _("Cluster"),
            "number": each.number,
            "title": each.title,
            "url": each,
        }
        for each in found.clusters
    ]
    rows += [
        {
            "key": f"question:{shown.question.pk}",
            "kind": shown.kind_label,
            "number": shown.number,
            "title": shown.title,
            "url": shown.question,
        }
        for shown in show_all(found.questions, user)
    ]
    rows += [
        {
            "key": f"provision:{each.pk}",
            "kind": _("Provision"),
            "number": "",
            "title": provision_title(each),
            "url": each,
        }
        for each in found.provisions
    ]
    rows += [
        {
            "key": f"case:{each.pk}",
            "kind": _("Case"),
            "number": each.number,
            "title": each.title_here,
            "url": each,
        }
        for each in found.cases
    ]
    return [{**row, "url": row["url"].get_absolute_url()} for row in rows]


def cluster_rows(clusters: Iterable[QuestionCluster]) -> list[dict]:
    """Clusters of a list, with the seals of the departments that ask; one query for all."""
    clusters = list(clusters)
    seals, counts = _departments(clusters)
    return [
        {
            "number": cluster.number,
            "title": cluster.title,
            "url": cluster.get_absolute_url(),
            "lang": cluster.lang,
            "seals": seals.get(cluster.pk, []),
            "meta": [said_count(counts.get(cluster.pk, 0)), dates.day(cluster.grouped_on)],
            "snippet": cluster.statement[:120] + ("…" if len(cluster.statement) > 120 else ""),
        }
        for cluster in clusters
    ]


def _departments(clusters: Sequence[QuestionCluster]) -> tuple[dict[int, list[dict]], dict[int, int]]:
    departments: dict[int, set[Department]] = {}
    counts: dict[int, int] = {}
    rows = ClusterMembership.objects.filter(cluster__in=clusters, until__isnull=True)
    for row in rows.select_related("question__department"):
        counts[row.cluster_id] = counts.get(row.cluster_id, 0) + 1
        if row.question.department:
            departments.setdefault(row.cluster_id, set()).add(row.question.department)
    return {key: seals_of(group) for key, group in departments.items()}, counts


def seals_of(departments: Iterable[Department]) -> list[dict]:
    ordered = sorted(departments, key=lambda each: (each.sort_order, each.pk))
    return [{"department": department, "state": "part"} for department in ordered]


def said_count(count: int) -> str:
    return ngettext("%(count)d question", "%(count)d questions", count) % {"count": count}


def bars_of(counts: Iterable) -> list[dict]:
    """Counts by department for components/bars.html."""
    return [{"label": each.label, "value": each.count, "department": each.department} for each in counts]
