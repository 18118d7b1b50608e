"""Merging clusters, undoing it, splitting one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inquiry import selectors
from inquiry.forms.clusters import MergeForm, ReasonForm, SplitForm
from inquiry.forms.errors import add_service_errors
from inquiry.models import ClusterMerge
from inquiry.services import clusters, merges
from inquiry.views.chosen import chosen_rows
from inquiry.views.records import groupers_only, open_cluster, posted, visible_cluster


@groupers_only
def cluster_merge(request: HttpRequest, number: str) -> HttpResponse:
    cluster = open_cluster(request, number)
    form = MergeForm(posted(request), user=request.user, cluster=cluster)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            merge = merges.merge_clusters(
                keep=data["kept"], absorb=data["absorbed"], reason=data["reason"], actor=request.user
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            told = {"absorbed": merge.absorbed.number, "kept": merge.kept.number}
            messages.success(request, _("%(absorbed)s is merged into %(kept)s.") % told)
            return redirect(merge.kept.get_absolute_url())
    context = {
        "form": form,
        "cluster": cluster,
        "count": selectors.members(cluster).count(),
        "chosen": chosen_rows(form.chosen, request.user),
    }
    return render(request, "inquiry/cluster_merge.html", context)


@groupers_only
def merge_undo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Open an absorbed cluster again; what was done since stays."""
    cluster = visible_cluster(request, number)
    standing = ClusterMerge.objects.filter(undone_at__isnull=True).select_related(
        "kept", "absorbed", "merged_by"
    )
    merge = get_object_or_404(standing, pk=pk, kept=cluster)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            parted = merges.undo_merge(merge=merge, reason=form.cleaned_data["reason"], actor=request.user)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(
                request, _("%(number)s is a cluster of its own again.") % {"number": parted.number}
            )
            return redirect(parted.get_absolute_url())
    return render(request, "inquiry/merge_undo.html", {"form": form, "cluster": cluster, "merge": merge})


@groupers_only
def cluster_split(request: HttpRequest, number: str) -> HttpResponse:
    cluster = open_cluster(request, number)
    form = SplitForm(posted(request), cluster=cluster)
    if request.method == "POST" and form.is_valid():
        try:
            parted = clusters.split_cluster(cluster=cluster, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            told = {"count": len(form.cleaned_data["questions"]), "number": parted.number}
            messages.success(request, _("Questions moved to %(number)s: %(count)d") % told)
            return redirect(parted.get_absolute_url())
    context = {
        "form": form,
        "cluster": cluster,
        "members": selectors.show_all(selectors.members(cluster), request.user),
        "ticked": form.ticked,
    }
    return render(request, "inquiry/cluster_split.html", context)
