"""Accounts from a sheet: template, preview with what is wrong in each row, import of the good rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal.foundation.enums import Lang
from portal.foundation.sheets import SheetError, read_sheet, write_csv, write_xlsx
from portal.org.enums import Role
from portal.org.models import Office, User
from portal.org.rules import can_manage_accounts
from portal.org.selectors import office_named
from portal.org.services.accounts import PasswordLink, create_account, issue_password_link

COLUMNS = {
    "username": gettext_lazy("Username"),
    "display_name": gettext_lazy("Full name"),
    "office": gettext_lazy("Office"),
    "roles": gettext_lazy("Roles"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "language": gettext_lazy("Language"),
}
REQUIRED = ("username", "display_name", "office")
SEPARATORS = "、，,；;/"
LANGUAGE_NAMES = {
    "中文": Lang.ZH_HANS,
    "简体中文": Lang.ZH_HANS,
    "chinese": Lang.ZH_HANS,
    "英文": Lang.EN,
    "english": Lang.EN,
}


@dataclass(frozen=True)
class RowError:
    field: str
    message: str

    @property
    def label(self) -> str:
        return str(COLUMNS.get(self.field, ""))


@dataclass(frozen=True)
class AccountRow:
    """One row of a sheet: its number in the file, its cells by column, what is wrong with it."""

    number: int
    values: dict[str, str]
    errors: tuple[RowError, ...] = ()

    @property
    def cells(self) -> list[str]:
        return [self.values.get(name, "") for name in COLUMNS]

    @property
    def messages(self) -> list[str]:
        return [f"{error.label}：{error.message}" if error.label else error.message for error in self.errors]


@dataclass(frozen=True)
class AccountImport:
    """What an import did: accounts with their links, and the rows that were left out."""

    links: list[PasswordLink] = field(default_factory=list)
    rejected: list[AccountRow] = field(default_factory=list)


def account_template(*, file_format: str) -> bytes:
    """An empty sheet with one example row, in the active language; `file_format` is xlsx or csv."""
    example = [
        "chen.lan",
        "陈岚",
        _("Full name or alias of the office"),
        str(Role.TRAINEE.label),
        "",
        "",
        "中文",
    ]
    header = [str(label) for label in COLUMNS.values()]
    if file_format == "csv":
        return write_csv(header, [example])
    return write_xlsx(header, [example], title=_("Accounts"))


def read_accounts(*, data: bytes, name: str) -> list[AccountRow]:
    """The rows of a sheet, each checked; headers may be Chinese or English. Raises SheetError."""
    sheet = read_sheet(data, name=name)
    positions = _columns_of(sheet.header)
    missing = [str(COLUMNS[name]) for name in REQUIRED if name not in positions]
    if missing:
        raise SheetError(_("The sheet lacks the column %(names)s.") % {"names": "、".join(missing)})
    rows = [
        (number, {name: cells[at] if at < len(cells) else "" for name, at in positions.items()})
        for number, cells in sheet.rows
    ]
    return check_rows(rows=rows)


def _columns_of(header: list[str]) -> dict[str, int]:
    known: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with override(language):
            known |= {str(label).casefold(): name for name, label in COLUMNS.items()}
    known |= {name: name for name in COLUMNS}
    return {known[cell.casefold()]: at for at, cell in enumerate(header) if cell.casefold() in known}


def check_rows(*, rows: list[tuple[int, dict[str, str]]]) -> list[AccountRow]:
    """Every row with its errors, in the active language."""
    names = Counter(values.get("username", "").casefold() for _number, values in rows)
    lowered = User.objects.annotate(lowered=Lower("username"))
    wanted = [values.get("username", "").lower() for _number, values in rows]
    taken = {
        name.casefold() for name in lowered.filter(lowered__in=wanted).values_list("username", flat=True)
    }
    offices = {values.get("office", ""): office_named(values.get("office", "")) for _number, values in rows}
    return [
        AccountRow(number, values, tuple(_errors(values, names, taken, offices))) for number, values in rows
    ]


def _errors(
    values: dict[str, str], names: Counter[str], taken: set[str], offices: dict[str, Office | None]
) -> list[RowError]:
    errors = [RowError(name, _("This is needed.")) for name in REQUIRED if not values.get(name)]
    username = values.get("username", "").casefold()
    if username in taken:
        errors.append(RowError("username", _("There is an account of this name already.")))
    elif username and names[username] > 1:
        errors.append(RowError("username", _("This name stands in the sheet more than once.")))
    if values.get("office") and offices[values["office"]] is None:
        errors.append(RowError("office", _("No office has this name or alias.")))
    _roles, unknown = parse_roles(values.get("roles", ""))
    errors += [RowError("roles", _("There is no role %(role)s.") % {"role": name}) for name in unknown]
    if values.get("language") and parse_language(values["language"]) is None:
        errors.append(RowError("language", _("Write 中文 or English.")))
    return errors + _field_errors(values, {error.field for error in errors})


def _field_errors(values: dict[str, str], reported: set[str]) -> list[RowError]:
    """What the model says of the plain fields."""
    user = User(**{name: values.get(name, "") for name in ("username", "display_name", "email", "phone")})
    try:
        user.clean_fields(exclude=["password", "language", *reported])
    except ValidationError as error:
        return [
            RowError(name, message) for name, messages in error.message_dict.items() for message in messages
        ]
    return []


def parse_roles(text: str) -> tuple[list[str], list[str]]:
    """Roles by name or label in either language, and what is none."""
    known: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with override(language):
            known |= {str(role.label).casefold(): role.value for role in Role}
    known |= {role.value: role.value for role in Role}
    for separator in SEPARATORS:
        text = text.replace(separator, "\n")
    words = [word.strip() for word in text.split("\n") if word.strip()]
    found = [known[word.casefold()] for word in words if word.casefold() in known]
    return found, [word for word in words if word.casefold() not in known]


def parse_language(text: str) -> str | None:
    text = text.strip().casefold()
    if text in Lang.values:
        return text
    return LANGUAGE_NAMES.get(text)


def import_accounts(*, rows: list[tuple[int, dict[str, str]]], actor: User) -> AccountImport:
    """Make the accounts of the good rows, each for itself, with a link for each; the others are left out."""
    if not can_manage_accounts(actor):
        raise PermissionDenied
    result = AccountImport()
    for row in check_rows(rows=rows):
        if row.errors:
            result.rejected.append(row)
            continue
        try:
            result.links.append(_make(row, actor))
        except ValidationError as error:
            errors = tuple(RowError("", message) for message in error.messages)
            result.rejected.append(AccountRow(row.number, row.values, errors))
    return result


@transaction.atomic
def _make(row: AccountRow, actor: User) -> PasswordLink:
    user = create_account(
        username=row.values["username"],
        display_name=row.values["display_name"],
        email=row.values.get("email", ""),
        phone=row.values.get("phone", ""),
        language=parse_language(row.values.get("language", "")) or Lang.ZH_HANS,
        office=office_named(row.values["office"]),
        roles=parse_roles(row.values.get("roles", ""))[0],
        actor=actor,
    )
    return issue_password_link(user=user, actor=actor)


def rejected_sheet(*, rows: list[AccountRow]) -> bytes:
    """The rows that were left out, as a sheet that can be corrected and sent again."""
    header = [*(str(label) for label in COLUMNS.values()), _("What is wrong")]
    body = [[*row.cells, " ".join(row.messages)] for row in rows]
    return write_xlsx(header, body, title=_("Rejected rows"))
