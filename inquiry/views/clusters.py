"""Clusters: their list, the page of one, and who is in it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inquiry import rules, selectors
from inquiry.enums import ClusterSort, ClusterStatus
from inquiry.forms.clusters import AddQuestionsForm, EditClusterForm, NewClusterForm, ReasonForm
from inquiry.models import QuestionCluster
from inquiry.selectors.narrowing import ClusterFilter, cluster_facets, narrowed_clusters, sorted_clusters
from inquiry.services import clusters as cluster_services
from inquiry.views.conflicts import data_at_revision, differences
from inquiry.views.narrowing import chosen_values, facets_of, sorts_of, typed_values
from inquiry.views.records import groupers_only, open_cluster, submitted_data, visible_cluster
from inquiry.views.rows import (
    EVENTS_PER_PAGE,
    cluster_rows,
    counted_dossiers_page,
    department_bars,
    question_rows,
    selection_rows,
)
from portal.foundation.forms import add_service_errors
from portal.foundation.paging import page_of
from portal.foundation.revisions import RecordChanged
from portal.org.requests import SignedInRequest

PER_PAGE = 20
MEMBERS_PER_PAGE = 50


@login_required
def cluster_list(request: SignedInRequest) -> HttpResponse:
    """Show open clusters, narrowed by what their questions print, in the order of a `ClusterSort`."""
    chosen = ClusterFilter(**chosen_values(request.GET, ("state", "department", "topic")))
    chosen = chosen.allowed_to(request.user)
    clusters = narrowed_clusters(selectors.clusters_visible_to(request.user).open(), chosen)
    page = page_of(request.GET, sorted_clusters(clusters, request.GET.get("sort", "")), PER_PAGE)
    rows = cluster_facets(request.user, chosen, page.paginator.count)
    context = {
        "page_obj": page,
        "rows": cluster_rows(page.object_list),
        "facets": facets_of(request.GET, rows),
        "sorts": sorts_of(request.GET, ClusterSort),
        "typed": typed_values(request.GET, rows),
        "chosen": chosen,
        "can_group": rules.can_group(request.user),
    }
    return render(request, "inquiry/clusters.html", context)


@login_required
def cluster_page(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a cluster with its questions and its way; an absorbed number leads to its present holder."""
    cluster = visible_cluster(request, number)
    if cluster.status == ClusterStatus.ABSORBED:
        return _redirect_to_holder(request, cluster)
    counts = selectors.department_counts(selectors.members(cluster))
    total = sum(row.count for row in counts)
    questions = page_of(request.GET, selectors.members(cluster), MEMBERS_PER_PAGE, count=total)
    changes = selectors.cluster_history(cluster)
    history = page_of(request.GET, changes, EVENTS_PER_PAGE, "history")
    undoable = selectors.undoable_merges(cluster) if changes.undoable_count else ()
    merges = page_of(request.GET, undoable, EVENTS_PER_PAGE, "merges", count=changes.undoable_count)
    items = selectors.items_of(cluster)
    stations = selectors.cluster_chain(cluster, request.user, counts, items)
    context = {
        "cluster": cluster,
        "page_obj": questions,
        "rows": question_rows(questions.object_list, request.user),
        "summary": selectors.question_count_label(questions.paginator.count),
        "can_split": questions.paginator.count > 1,
        "seals": selectors.department_seals(row.department for row in counts),
        "bars": department_bars(counts),
        "voices": sum(row.voices for row in counts),
        "stations": stations,
        "dossiers_page": counted_dossiers_page(request, cluster, stations, items),
        "history_page": history,
        "merges_page": merges,
        "can_group": rules.can_group(request.user),
        "can_write": rules.can_write_dossier(request.user),
    }
    return render(request, "inquiry/cluster.html", context)


def _redirect_to_holder(request: SignedInRequest, cluster: QuestionCluster) -> HttpResponse:
    holder = selectors.current_holder(cluster)
    numbers = {"number": cluster.number, "holder": holder.number}
    messages.info(
        request, _("%(number)s was merged into %(holder)s. This is where its questions are now.") % numbers
    )
    return redirect(holder.get_absolute_url())


@groupers_only
def cluster_new(request: SignedInRequest) -> HttpResponse:
    """Make a cluster, with the questions that were ticked if any."""
    keys = {"keys": request.GET.getlist("keys")}
    form = NewClusterForm(submitted_data(request), user=request.user, initial=keys)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cluster = cluster_services.create_cluster(
                title=data["title"],
                statement=data["statement"],
                questions=data["selection"].questions,
                actor=request.user,
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(
                request, _("The cluster has the number %(number)s.") % {"number": cluster.number}
            )
            return redirect(cluster.get_absolute_url())
    context = {"form": form, "chosen": selection_rows(form.chosen, request.user)}
    return render(request, "inquiry/cluster_new.html", context)


@groupers_only
def cluster_edit(request: SignedInRequest, number: str) -> HttpResponse:
    """Change the title and statement of a cluster; where somebody else saved first, both versions are shown."""
    cluster = open_cluster(request, number)
    words = {"title": cluster.title, "statement": cluster.statement}
    initial = words | {"expected_revision": cluster_services.cluster_revision(cluster)}
    form, conflict = EditClusterForm(submitted_data(request), initial=initial), None
    if request.method == "POST" and form.is_valid():
        try:
            cluster_services.edit_cluster(cluster=cluster, actor=request.user, **form.cleaned_data)
        # Before ValidationError, of which it is a subclass.
        except RecordChanged:
            cluster.refresh_from_db()
            words = {"title": cluster.title, "statement": cluster.statement}
            conflict = differences(EditClusterForm, words, form.cleaned_data)
            form = EditClusterForm(data_at_revision(request, cluster_services.cluster_revision(cluster)))
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(cluster.get_absolute_url())
    return render(
        request, "inquiry/cluster_edit.html", {"form": form, "cluster": cluster, "conflict": conflict}
    )


@groupers_only
def cluster_add(request: SignedInRequest, number: str) -> HttpResponse:
    """Put more questions in; the search suggests those that ask the same."""
    cluster = open_cluster(request, number)
    form = AddQuestionsForm(submitted_data(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cluster_services.add_questions(
                cluster=cluster,
                questions=data["selection"].questions,
                reason=data["reason"],
                actor=request.user,
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Put in %(number)s.") % {"number": cluster.number})
            return redirect(cluster.get_absolute_url())
    context = {"form": form, "cluster": cluster, "chosen": selection_rows(form.chosen, request.user)}
    return render(request, "inquiry/cluster_add.html", context)


@groupers_only
def cluster_remove(request: SignedInRequest, number: str, question: str) -> HttpResponse:
    """Take one question out, with a reason."""
    cluster = open_cluster(request, number)
    member = get_object_or_404(selectors.members(cluster), number=question)
    form = ReasonForm(submitted_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            cluster_services.remove_question(
                cluster=cluster, question=member, reason=form.cleaned_data["reason"], actor=request.user
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            numbers = {"question": member.number, "number": cluster.number}
            messages.success(request, _("%(question)s is no longer in %(number)s.") % numbers)
            return redirect(cluster.get_absolute_url())
    context = {
        "form": form,
        "cluster": cluster,
        "presented": selectors.presented_question(member, request.user),
    }
    return render(request, "inquiry/cluster_remove.html", context)
