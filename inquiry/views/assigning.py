"""Analysts give each other questions, clusters and dossiers to work on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inquiry.forms.assigning import AssignForm
from inquiry.models import Dossier, Question, QuestionCluster
from inquiry.rules import can_refine
from inquiry.views.records import visible_cluster, visible_dossier, visible_question
from portal.foundation.forms import add_service_errors
from portal.org.enums import AssignmentKind
from portal.org.requests import SignedInRequest
from portal.org.services import assign
from portal.org.subjects import subject_of


@login_required
def assign_question(request: SignedInRequest, number: str) -> HttpResponse:
    return _assign(request, visible_question(request, number), AssignmentKind.REFINE)


@login_required
def assign_cluster(request: SignedInRequest, number: str) -> HttpResponse:
    return _assign(request, visible_cluster(request, number), AssignmentKind.STUDY)


@login_required
def assign_dossier(request: SignedInRequest, number: str) -> HttpResponse:
    return _assign(request, visible_dossier(request, number), AssignmentKind.WRITE)


def _assign(
    request: SignedInRequest, record: Question | QuestionCluster | Dossier, what: AssignmentKind
) -> HttpResponse:
    """Ask who does it and until when; the person is notified."""
    if not can_refine(request.user):
        raise PermissionDenied
    form = AssignForm(request.POST or None, initial={"person": request.user.pk})
    if request.method == "POST" and form.is_valid():
        try:
            assign(subject=record, what=what, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Assigned to %(name)s.") % {"name": form.cleaned_data["person"]})
            return redirect(record)
    context = {
        "form": form,
        "what": what.label,
        "title": subject_of(record).title(record),
        "url": record.get_absolute_url(),
    }
    return render(request, "inquiry/assign.html", context)
