"""Forms for starting a rotation and changing its turns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.rotation.enums import EventKind
from courses.rotation.models import Rotation
from courses.rotation.selectors import HostedTurn, Schedule
from courses.rotation.services import MIN_PARTIES
from portal.foundation import dates
from portal.foundation.limits import MAX_REASON_CHARS
from portal.org.models import Department, Office


def reason_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MAX_REASON_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("All who are signed in can read it on the board."),
    )


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class StartForm(forms.ModelForm):
    """A new rotation, and the offices that host in turn; as many as departments take part."""

    class Meta:
        model = Rotation
        fields = ["name", "name_en", "code", "level", "region", "pace", "sessions_per_year", "first_day"]
        widgets = {"first_day": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.filter(is_active=True).select_related("department")
        choices = [("", "—"), *((office.pk, str(office)) for office in offices)]
        self._offices = {office.pk: office for office in offices}
        for place in range(1, Department.objects.filter(is_active=True).count() + 1):
            self.fields[f"office_{place}"] = forms.TypedChoiceField(
                label=_("Host of turn %(number)s") % {"number": place},
                choices=choices,
                coerce=int,
                empty_value=None,
                required=place <= MIN_PARTIES,
            )

    @property
    def offices(self) -> list[Office]:
        """Return the offices chosen, in their order."""
        keys = [value for name, value in self.cleaned_data.items() if name.startswith("office_")]
        return [self._offices[key] for key in keys if key]


class SkipForm(forms.Form):
    reason = reason_field(gettext_lazy("Why the turn is skipped"))


class SwapForm(forms.Form):
    """The turn of another party that is wanted, and why."""

    other = forms.TypedChoiceField(label=gettext_lazy("Swap with"), coerce=int)
    reason = reason_field(gettext_lazy("Why you ask for it"))

    def __init__(self, *args: Any, schedule: Schedule, hosted: HostedTurn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [schedule.coming_of(office) for office in schedule.members if office != hosted.office]
        coming = sorted((other for other in others if other), key=lambda other: other.number)
        self.fields["other"].choices = [(other.number, turn_label(other)) for other in coming]  # type: ignore[attr-defined]


def turn_label(hosted: HostedTurn) -> str:
    days = dates.day_range(hosted.turn.first_day, hosted.turn.last_day)
    words = {"department": hosted.department.short_name_here, "number": hosted.number, "days": days}
    return _("%(department)s: turn %(number)s, %(days)s") % words


class ConfirmForm(forms.Form):
    """Confirms a turn of a rotation by season."""


class LastDayForm(ConfirmForm):
    """Confirms a turn that ends with its session."""

    last_day = forms.DateField(label=gettext_lazy("Last day of its session"), widget=DateInput())


class PartyForm(forms.Form):
    """An office that joins or leaves."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=[(EventKind.JOIN, gettext_lazy("joins")), (EventKind.LEAVE, gettext_lazy("leaves"))],
        widget=forms.RadioSelect,
    )
    office = forms.ModelChoiceField(label=gettext_lazy("Office"), queryset=Office.objects.none())
    reason = reason_field(gettext_lazy("Reason"))

    def __init__(self, *args: Any, rotation: Rotation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.filter(level=rotation.level).select_related("department")
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The reply of a department that is asked for a swap."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=MAX_REASON_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed for a refusal."),
    )
