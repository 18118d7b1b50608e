"""Merging clusters, undoing it, splitting one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inquiry import selectors
from inquiry.forms.clusters import MergeForm, ReasonForm, SplitForm
from inquiry.models import ClusterMerge
from inquiry.services import clusters, merges
from inquiry.views.records import groupers_only, open_cluster, submitted_data, visible_cluster
from inquiry.views.rows import selection_rows
from portal.foundation.forms import add_service_errors
from portal.foundation.paging import page_of
from portal.org.requests import SignedInRequest

# Questions that one page offers to be moved; others are named by their numbers.
SPLIT_ROWS = 100


@groupers_only
def cluster_merge(request: SignedInRequest, number: str) -> HttpResponse:
    """Merge a cluster with another one; the form asks which number stays."""
    cluster = open_cluster(request, number)
    form = MergeForm(submitted_data(request), user=request.user, cluster=cluster)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            merge = merges.merge_clusters(
                keep=data["kept"], absorb=data["absorbed"], reason=data["reason"], actor=request.user
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            numbers = {"absorbed": merge.absorbed.number, "kept": merge.kept.number}
            messages.success(request, _("%(absorbed)s is merged into %(kept)s.") % numbers)
            return redirect(merge.kept.get_absolute_url())
    context = {
        "form": form,
        "cluster": cluster,
        "count": selectors.members(cluster).count(),
        "chosen": selection_rows(form.chosen, request.user),
    }
    return render(request, "inquiry/cluster_merge.html", context)


@groupers_only
def merge_undo(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Open an absorbed cluster again; what was done since stays."""
    cluster = visible_cluster(request, number)
    # Only merges that this cluster received itself can be undone from its page.
    standing = ClusterMerge.objects.filter(undone_at__isnull=True).select_related(
        "kept", "absorbed", "merged_by"
    )
    merge = get_object_or_404(standing, pk=pk, kept=cluster)
    form = ReasonForm(submitted_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            reopened = merges.undo_merge(merge=merge, reason=form.cleaned_data["reason"], actor=request.user)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(
                request, _("%(number)s is a cluster of its own again.") % {"number": reopened.number}
            )
            return redirect(reopened.get_absolute_url())
    return render(request, "inquiry/merge_undo.html", {"form": form, "cluster": cluster, "merge": merge})


@groupers_only
def cluster_split(request: SignedInRequest, number: str) -> HttpResponse:
    """Move some of a cluster's questions to a new cluster."""
    cluster = open_cluster(request, number)
    form = SplitForm(submitted_data(request), cluster=cluster, user=request.user)
    page = page_of(request.GET, selectors.members(cluster), SPLIT_ROWS)
    if request.method == "POST" and form.is_valid():
        try:
            new_cluster = clusters.split_cluster(cluster=cluster, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            moved = {"count": len(form.cleaned_data["questions"]), "number": new_cluster.number}
            messages.success(request, _("Questions moved to %(number)s: %(count)d") % moved)
            return redirect(new_cluster.get_absolute_url())
    context = {
        "form": form,
        "cluster": cluster,
        "page_obj": page,
        "members": selectors.presented_questions(page.object_list, request.user),
        "ticked": form.ticked,
    }
    return render(request, "inquiry/cluster_split.html", context)
