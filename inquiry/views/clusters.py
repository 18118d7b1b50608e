"""Clusters: their list, the page of one, and who is in it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inquiry import rules, selectors
from inquiry.enums import ClusterStatus
from inquiry.forms.clusters import AddQuestionsForm, ClusterFields, NewClusterForm, ReasonForm
from inquiry.forms.errors import add_service_errors
from inquiry.models import QuestionCluster
from inquiry.services import clusters
from inquiry.views.chosen import bars_of, chosen_rows, cluster_rows, said_count, seals_of
from inquiry.views.records import groupers_only, open_cluster, posted, visible_cluster
from inquiry.views.rows import question_rows

PER_PAGE = 20


@login_required
def cluster_list(request: HttpRequest) -> HttpResponse:
    """Open clusters, newest first."""
    found = selectors.clusters_visible_to(request.user).open()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": cluster_rows(page.object_list),
        "can_group": rules.can_group(request.user),
    }
    return render(request, "inquiry/clusters.html", context)


@login_required
def cluster_page(request: HttpRequest, number: str) -> HttpResponse:
    """A cluster with its questions and its way; an absorbed number leads to its present holder."""
    cluster = visible_cluster(request, number)
    if cluster.status == ClusterStatus.ABSORBED:
        return _lead_on(request, cluster)
    questions = list(selectors.members(cluster))
    counts = selectors.department_counts(questions)
    context = {
        "cluster": cluster,
        "rows": question_rows(questions, request.user),
        "summary": said_count(len(questions)),
        "seals": seals_of(each.department for each in counts if each.department),
        "bars": bars_of(counts),
        "voices": selectors.voices(cluster),
        "stations": selectors.chain_of(cluster, request.user),
        "dossiers": selectors.dossiers_of(cluster, request.user),
        "events": selectors.cluster_history(cluster),
        "merges": selectors.undoable_merges(cluster),
        "can_group": rules.can_group(request.user),
        "can_write": rules.can_write_dossier(request.user),
    }
    return render(request, "inquiry/cluster.html", context)


def _lead_on(request: HttpRequest, cluster: QuestionCluster) -> HttpResponse:
    holder = selectors.present_holder(cluster)
    told = {"number": cluster.number, "holder": holder.number}
    messages.info(
        request, _("%(number)s was merged into %(holder)s. This is where its questions are now.") % told
    )
    return redirect(holder.get_absolute_url())


@groupers_only
def cluster_new(request: HttpRequest) -> HttpResponse:
    keys = {"keys": request.GET.getlist("keys")}
    form = NewClusterForm(posted(request), user=request.user, initial=keys)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cluster = clusters.create_cluster(
                title=data["title"],
                statement=data["statement"],
                questions=data["found"].questions,
                actor=request.user,
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(
                request, _("The cluster has the number %(number)s.") % {"number": cluster.number}
            )
            return redirect(cluster.get_absolute_url())
    context = {"form": form, "chosen": chosen_rows(form.chosen, request.user)}
    return render(request, "inquiry/cluster_new.html", context)


@groupers_only
def cluster_edit(request: HttpRequest, number: str) -> HttpResponse:
    cluster = open_cluster(request, number)
    initial = {"title": cluster.title, "statement": cluster.statement}
    form = ClusterFields(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            clusters.edit_cluster(cluster=cluster, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(cluster.get_absolute_url())
    return render(request, "inquiry/cluster_edit.html", {"form": form, "cluster": cluster})


@groupers_only
def cluster_add(request: HttpRequest, number: str) -> HttpResponse:
    """Put more questions in; the search suggests those that ask the same."""
    cluster = open_cluster(request, number)
    form = AddQuestionsForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            clusters.add_questions(
                cluster=cluster, questions=data["found"].questions, reason=data["reason"], actor=request.user
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Put in %(number)s.") % {"number": cluster.number})
            return redirect(cluster.get_absolute_url())
    context = {"form": form, "cluster": cluster, "chosen": chosen_rows(form.chosen, request.user)}
    return render(request, "inquiry/cluster_add.html", context)


@groupers_only
def cluster_remove(request: HttpRequest, number: str, question: str) -> HttpResponse:
    """Take one question out, with a reason."""
    cluster = open_cluster(request, number)
    member = get_object_or_404(selectors.members(cluster), number=question)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            clusters.remove_question(
                cluster=cluster, question=member, reason=form.cleaned_data["reason"], actor=request.user
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            told = {"question": member.number, "number": cluster.number}
            messages.success(request, _("%(question)s is no longer in %(number)s.") % told)
            return redirect(cluster.get_absolute_url())
    context = {"form": form, "cluster": cluster, "shown": selectors.as_shown(member, request.user)}
    return render(request, "inquiry/cluster_remove.html", context)
