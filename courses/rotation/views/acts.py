"""Acts that change turns. Each page asks, then says what would happen to whom, and acts when that is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.rotation import services
from courses.rotation.enums import EventKind, Pace, TurnStatus
from courses.rotation.forms import ConfirmForm, LastDayForm, PartyForm, SkipForm, SwapForm, turn_label
from courses.rotation.models import Rotation
from courses.rotation.presentation import change_rows
from courses.rotation.rules import can_change_parties, can_speak_for
from courses.rotation.selectors import Change, HostedTurn, Schedule, changes_by, rotation_by_code
from courses.rotation.turns import Confirm, Fact, Join, Leave, Skip, Swap
from portal.foundation.forms import add_service_errors
from portal.org.requests import SignedInRequest


@dataclass(frozen=True)
class Act:
    """An act as its page shows it: the words, the fact that it would record, and the service that does it.

    `effects` are what changes besides the turns; `done` is said afterwards.
    """

    title: str
    lede: str
    button: str
    fact: Callable[[], Fact]
    do: Callable[[], object]
    done: str
    effects: tuple[str, ...] = ()


class _Tried(Exception):
    """Ends the transaction in which an act was tried."""


def _page(request: SignedInRequest, rotation: Rotation, form: forms.Form, act: Act) -> HttpResponse:
    """Show the form of an act, then what it would change, then do it."""
    changes: list[Change] | None = None
    if request.method == "POST" and form.is_valid():
        is_confirmed = request.POST.get("act") == "confirm"
        try:
            with transaction.atomic():
                changes = changes_by(rotation, timezone.localdate(), act.fact())
                act.do()
                if not is_confirmed:
                    raise _Tried
        except _Tried:
            pass
        except ValidationError as error:
            changes = None
            add_service_errors(form, error)
        else:
            messages.success(request, act.done)
            return redirect(rotation.get_absolute_url())
    context = {
        "rotation": rotation,
        "form": form,
        "act": act,
        "is_asked": changes is not None,
        "changes": change_rows(changes or []),
        "hidden": [field.as_hidden() for field in form] if changes is not None else [],
    }
    return render(request, "courses/rotation/act.html", context)


def _rotation(code: str) -> Rotation:
    rotation = rotation_by_code(code)
    if rotation is None:
        raise Http404
    return rotation


def _own_turn(request: SignedInRequest, code: str, number: int) -> tuple[Schedule, HostedTurn]:
    """Return a turn that is not over and for whose host the person speaks."""
    schedule = Schedule(_rotation(code), timezone.localdate())
    hosted = schedule.turn(number)
    if hosted is None or hosted.status == TurnStatus.PAST:
        raise Http404
    if not can_speak_for(request.user, hosted.office):
        raise PermissionDenied
    return schedule, hosted


def _data(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def skip(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """Skip a coming turn, with a reason."""
    schedule, hosted = _own_turn(request, code, number)
    form = SkipForm(_data(request))
    today, party = schedule.today, hosted.office.pk
    act = Act(
        title=_("Skip turn %(number)s") % {"number": number},
        lede=turn_label(hosted),
        button=_("Skip the turn"),
        fact=lambda: Skip(on=today, party=party, turn=number),
        do=lambda: services.skip_turn(
            rotation=schedule.rotation,
            number=number,
            reason=form.cleaned_data["reason"],
            actor=request.user,
        ),
        done=_("The turn was skipped; all departments are told."),
        effects=(
            _(
                "The department that moves up is not asked. All coordinators of the rotation are told at once."
            ),
            _("It cannot be undone: a later swap can bring the turn back, if the other department agrees."),
        ),
    )
    return _page(request, schedule.rotation, form, act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_swap(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """Ask another department to swap its next turn with one's own."""
    schedule, hosted = _own_turn(request, code, number)
    form = SwapForm(_data(request), schedule=schedule, hosted=hosted)

    def fact() -> Fact:
        other = schedule.turn(form.cleaned_data["other"])
        if other is None:
            raise ValidationError(_("This turn has begun, or is too far away."))
        return Swap(
            on=schedule.today,
            party=hosted.office.pk,
            turn=number,
            other=other.office.pk,
            other_turn=other.number,
        )

    act = Act(
        title=_("Propose to swap turn %(number)s") % {"number": number},
        lede=turn_label(hosted),
        button=_("Ask the other department"),
        fact=fact,
        do=lambda: services.propose_swap(
            rotation=schedule.rotation,
            number=number,
            other_number=form.cleaned_data["other"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
        ),
        done=_("The other department is asked; nothing changes before it agrees."),
        effects=(
            _("Nothing changes before the other department agrees; you can withdraw until then."),
            _("The rounds after are in the old order."),
        ),
    )
    return _page(request, schedule.rotation, form, act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """Confirm a turn, with the last day of its session where turns end with it."""
    schedule, hosted = _own_turn(request, code, number)
    form_class = LastDayForm if schedule.rotation.pace == Pace.SESSIONS else ConfirmForm
    form = form_class(_data(request))
    today, party = schedule.today, hosted.office.pk
    act = Act(
        title=_("Confirm turn %(number)s") % {"number": number},
        lede=turn_label(hosted),
        button=_("Confirm the turn"),
        fact=lambda: Confirm(on=today, party=party, turn=number, last_day=form.cleaned_data.get("last_day")),
        do=lambda: services.confirm_turn(
            rotation=schedule.rotation,
            number=number,
            last_day=form.cleaned_data.get("last_day"),
            actor=request.user,
        ),
        done=_("The turn is confirmed; all departments are told."),
        effects=(
            _(
                "It stays your department's whoever joins or leaves; a swap or a skip of your own can change it."
            ),
            _("Where turns end with their session, those after it begin the day after its last day."),
        ),
    )
    return _page(request, schedule.rotation, form, act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def parties(request: SignedInRequest, code: str) -> HttpResponse:
    """Let an office join or leave."""
    rotation = _rotation(code)
    if not can_change_parties(request.user):
        raise PermissionDenied
    form = PartyForm(_data(request), rotation=rotation)
    today = timezone.localdate()

    def fact() -> Fact:
        fact_class = Join if form.cleaned_data["kind"] == EventKind.JOIN else Leave
        return fact_class(on=today, party=form.cleaned_data["office"].pk)

    def do() -> None:
        is_join = form.cleaned_data["kind"] == EventKind.JOIN
        service = services.add_party if is_join else services.remove_party
        service(
            rotation=rotation,
            office=form.cleaned_data["office"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )

    act = Act(
        title=_("An office joins or leaves"),
        lede=str(rotation),
        button=_("Record it"),
        fact=fact,
        do=do,
        done=_("It is recorded; all departments are told."),
        effects=(_("Turns that have begun stay as they are."),),
    )
    return _page(request, rotation, form, act)
