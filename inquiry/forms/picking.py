"""Records chosen in forms: ticked search hits (`question:12`) and pasted numbers or addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casebank.models import TypicalCase
from casebank.rules import can_view_case
from inquiry.models import DossierItem
from inquiry.models.dossiers import SOURCE_KINDS
from inquiry.selectors import (
    Selection,
    clusters_visible_to,
    current_holder,
    dossiers_visible_to,
    questions_visible_to,
    records_by_number,
)
from norms.models import NormativeDocument, Provision
from portal.foundation.joining import listed
from portal.foundation.limits import MAX_DOSSIER_ITEMS
from portal.org.models import User

# The key of a search document, such as question:12; 18 digits are as many as fit a 64-bit primary key.
KEY = re.compile(
    r"(?P<kind>question:|cluster:|provision:(?:norm-)?|case:|session:|dossier:)(?P<pk>[0-9]{1,18})"
)
KINDS = ("questions", "clusters", "provisions", "documents", "cases")
# Sources of a dossier by the beginning of the key.
GATHERED = {
    "question:": "question",
    "cluster:": "cluster",
    "provision:": "provision",
    "provision:norm-": "document",
    "case:": "case",
}

ModelT = TypeVar("ModelT", bound=Model)


def records_by_key(keys: Iterable[str], user: User | AnonymousUser) -> Selection:
    """Return the records behind the keys of search documents, each once, as far as the user may see them.

    A session stands for the questions raised in it, a dossier for the sources that it gathers.
    """
    matches = {key: KEY.fullmatch(key) for key in keys}
    selection = Selection(unknown=[key for key, match in matches.items() if not match])
    ids = _ids_by_kind([(match["kind"], int(match["pk"])) for match in matches.values() if match], user)
    selection.questions = _in_order(questions_visible_to(user), ids["question"])
    clusters = _in_order(clusters_visible_to(user), ids["cluster"])
    selection.clusters = [current_holder(cluster) for cluster in clusters]
    selection.provisions = _in_order(Provision.objects.select_related("version__document"), ids["provision"])
    selection.documents = _in_order(NormativeDocument.objects.all(), ids["document"])
    cases = _in_order(TypicalCase.objects.all(), ids["case"])
    selection.cases = [case for case in cases if can_view_case(user, case)]
    return selection


def _ids_by_kind(chosen: Sequence[tuple[str, int]], user: User | AnonymousUser) -> dict[str, list[int]]:
    """Return the primary keys of sources by kind, from pairs of the beginning of a key and a primary key."""
    ids: dict[str, list[int]] = {kind: [] for kind in SOURCE_KINDS}
    for prefix, pk in chosen:
        if prefix in GATHERED:
            ids[GATHERED[prefix]].append(pk)
    ids["question"] += _questions_of([pk for prefix, pk in chosen if prefix == "session:"], user)
    for item in _items_of([pk for prefix, pk in chosen if prefix == "dossier:"], user):
        kind = next(kind for kind in SOURCE_KINDS if getattr(item, f"{kind}_id"))
        ids[kind].append(getattr(item, f"{kind}_id"))
    return ids


def _questions_of(session_ids: list[int], user: User | AnonymousUser) -> list[int]:
    """Return the keys of the questions of sessions, as many as a dossier takes."""
    if not session_ids:
        return []
    questions = questions_visible_to(user).standing().filter(session__in=session_ids).order_by("number")
    return list(questions.values_list("pk", flat=True)[:MAX_DOSSIER_ITEMS])


def _items_of(dossier_ids: list[int], user: User | AnonymousUser) -> Iterable[DossierItem]:
    if not dossier_ids:
        return []
    dossiers = dossiers_visible_to(user).filter(pk__in=dossier_ids)
    return DossierItem.objects.filter(dossier__in=dossiers).order_by("dossier__number", "position", "pk")


def _in_order(rows: QuerySet[ModelT], ids: list[int]) -> list[ModelT]:
    """Return the rows with these primary keys, in the order of the keys."""
    if not ids:
        return []
    rows_by_id = rows.in_bulk(ids)
    return [rows_by_id[pk] for pk in dict.fromkeys(ids) if pk in rows_by_id]


def merged_selection(*selections: Selection) -> Selection:
    """Return the records of several selections, each once."""
    merged = Selection()
    for kind in (*KINDS, "unknown"):
        records = (record for selection in selections for record in getattr(selection, kind))
        setattr(merged, kind, list(dict.fromkeys(records)))
    return merged


class KeysField(forms.Field):
    """Keys of ticked records, as a list of strings."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: object) -> list[str]:
        return [str(key) for key in value] if isinstance(value, list | tuple) else []


class PickForm(forms.Form):
    """A form with selected records: ticked search hits and typed numbers.

    `kinds` are the kinds of record that it takes. `cleaned_data["selection"]` is what was selected.
    """

    kinds: tuple[str, ...] = KINDS
    requires_selection = True

    keys = KeysField(required=False)
    numbers = forms.CharField(
        label=gettext_lazy("Or by number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Several at once are fine, separated by spaces or commas."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def chosen(self) -> Selection:
        """Return the records ticked so far, to be shown again."""
        # What a browser sends is a QueryDict; `data[...]` of it would be the last key alone.
        keys = cast(QueryDict, self.data).getlist("keys") if self.is_bound else self.initial.get("keys", [])
        return records_by_key(keys, self.user)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        numbers = records_by_number(data.get("numbers", ""), self.user)
        if numbers.unknown:
            self.add_error("numbers", _("Not found: %(numbers)s") % {"numbers": listed(numbers.unknown)})
        selection = merged_selection(records_by_key(data.get("keys", []), self.user), numbers)
        self._refuse_other_kinds(selection)
        is_empty = not any(getattr(selection, kind) for kind in self.kinds)
        if self.requires_selection and is_empty and not self.errors:
            raise ValidationError(_("Nothing is chosen yet. Tick a search hit or paste a number."))
        data["selection"] = selection
        return data

    def _refuse_other_kinds(self, selection: Selection) -> None:
        refused_kinds = [kind for kind in KINDS if kind not in self.kinds]
        refused = [record for kind in refused_kinds for record in getattr(selection, kind)]
        if refused:
            names = listed(_number_or_name(record) for record in refused)
            self.add_error(None, _("This does not belong here: %(names)s") % {"names": names})


def _number_or_name(record: Model) -> str:
    return getattr(record, "number", "") or str(record)
