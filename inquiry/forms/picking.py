"""Records chosen in forms: ticked search hits (`question:12`) and pasted numbers or addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casebank.models import TypicalCase
from casebank.rules import can_view_case
from inquiry.selectors import (
    Found,
    clusters_visible_to,
    find_by_numbers,
    present_holder,
    questions_visible_to,
)
from norms.models import Provision
from portal.org.models import User

KEY = re.compile(r"(?P<kind>question|cluster|provision|case):(?P<pk>[0-9]{1,18})")
KINDS = ("questions", "clusters", "provisions", "cases")


def find_by_keys(keys: Iterable[str], user: User | AnonymousUser) -> Found:
    """Records that keys of search documents stand for, each once; only what the user may see is found."""
    wanted: dict[str, list[int]] = {"question": [], "cluster": [], "provision": [], "case": []}
    found = Found()
    for key in dict.fromkeys(keys):
        match = KEY.fullmatch(key)
        if match:
            wanted[match["kind"]].append(int(match["pk"]))
        else:
            found.unknown.append(key)
    found.questions = _in_order(questions_visible_to(user), wanted["question"])
    found.clusters = [
        present_holder(each) for each in _in_order(clusters_visible_to(user), wanted["cluster"])
    ]
    found.provisions = _in_order(Provision.objects.select_related("version__document"), wanted["provision"])
    cases = _in_order(TypicalCase.objects.all(), wanted["case"])
    found.cases = [case for case in cases if can_view_case(user, case)]
    return found


def _in_order(rows: QuerySet, ids: list[int]) -> list:
    if not ids:
        return []
    known = rows.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def together(*parts: Found) -> Found:
    """What several lists mean, each record once."""
    whole = Found()
    for kind in (*KINDS, "unknown"):
        setattr(whole, kind, list(dict.fromkeys(each for part in parts for each in getattr(part, kind))))
    return whole


class KeysField(forms.Field):
    """Keys of ticked records, as a list of strings."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: object) -> list[str]:
        return [str(key) for key in value] if isinstance(value, list | tuple) else []


class PickForm(forms.Form):
    """A form with chosen records; `kinds` are those that it takes, `cleaned_data["found"]` is what was chosen."""

    kinds: tuple[str, ...] = KINDS
    needs_any = True

    keys = KeysField(required=False)
    numbers = forms.CharField(
        label=gettext_lazy("Or by number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Several at once are fine, separated by spaces or commas."),
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def chosen(self) -> Found:
        """What is ticked so far, for showing it again."""
        keys = self.data.getlist("keys") if self.is_bound else self.initial.get("keys", [])
        return find_by_keys(keys, self.user)

    def clean(self) -> dict:
        data = super().clean() or {}
        numbers = find_by_numbers(data.get("numbers", ""), self.user)
        if numbers.unknown:
            self.add_error("numbers", _("Not found: %(numbers)s") % {"numbers": "、".join(numbers.unknown)})
        found = together(find_by_keys(data.get("keys", []), self.user), numbers)
        self._refuse_other_kinds(found)
        if self.needs_any and not self.errors and not any(getattr(found, kind) for kind in self.kinds):
            raise ValidationError(_("Nothing is chosen yet. Tick a search hit or paste a number."))
        data["found"] = found
        return data

    def _refuse_other_kinds(self, found: Found) -> None:
        others = [each for kind in KINDS if kind not in self.kinds for each in getattr(found, kind)]
        if others:
            names = "、".join(_name(each) for each in others)
            self.add_error(None, _("This does not belong here: %(names)s") % {"names": names})


def _name(record: Model) -> str:
    return getattr(record, "number", "") if not isinstance(record, Provision) else str(record)
