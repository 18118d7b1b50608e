"""Import accounts from a sheet: template, preview with the errors of each row, import of the good rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal.foundation.enums import Lang
from portal.foundation.joining import labelled
from portal.foundation.sheets import (
    CellError,
    Layout,
    SheetColumn,
    TableFile,
    TableRow,
    read_tables,
    write_csv,
    write_xlsx,
)
from portal.org.enums import Role
from portal.org.models import Office, User
from portal.org.rules import can_manage_accounts
from portal.org.selectors import office_by_name
from portal.org.services.accounts import create_account
from portal.org.services.passwords import PasswordLink, issue_password_link
from portal.org.services.secrecy import marked_text_error

LAYOUT = Layout(
    (
        SheetColumn("username", gettext_lazy("Username"), ("用户名", "账号", "登录名"), required=True),
        SheetColumn("display_name", gettext_lazy("Full name"), ("姓名", "name"), required=True),
        SheetColumn("office", gettext_lazy("Office"), ("单位", "所在单位", "工作单位"), required=True),
        SheetColumn("roles", gettext_lazy("Roles"), ("角色", "role")),
        SheetColumn("email", gettext_lazy("E-mail"), ("电子邮箱", "邮箱", "电子邮件", "mail")),
        SheetColumn("phone", gettext_lazy("Phone"), ("电话", "手机", "手机号", "联系电话", "mobile")),
        SheetColumn("language", gettext_lazy("Language"), ("语言",)),
    )
)
# Each account is created in a transaction of its own while the page waits.
MAX_ROWS = 5_000
ROLE_SEPARATORS = "、，,；;/"
# Spaces, and the quotation marks that programs put around each word of a list.
ROLE_PADDING = " \t\u3000'\"“”‘’"
# What people write for a language, beside its code.
LANGUAGE_NAMES = {
    "中文": Lang.ZH_HANS,
    "简体中文": Lang.ZH_HANS,
    "chinese": Lang.ZH_HANS,
    "英文": Lang.EN,
    "english": Lang.EN,
}


@dataclass(frozen=True)
class AccountRow:
    """A row of a sheet: its number, its texts by field, its errors."""

    number: int
    values: dict[str, str]
    errors: tuple[CellError, ...] = ()
    sheet: str = ""

    @property
    def cells(self) -> list[str]:
        return [self.values.get(column.field, "") for column in LAYOUT.columns]

    @property
    def messages(self) -> list[str]:
        labels = {name: column.label for name, column in LAYOUT.by_field.items()}
        return [
            labelled(labels[error.field], error.message) if error.field else error.message
            for error in self.errors
        ]


@dataclass(frozen=True)
class AccountFile:
    """A sheet that was read and checked; nothing is stored yet."""

    table_file: TableFile
    rows: list[AccountRow]

    @property
    def good_rows(self) -> list[AccountRow]:
        return [row for row in self.rows if not row.errors]

    @property
    def rejected_rows(self) -> list[AccountRow]:
        return [row for row in self.rows if row.errors]


@dataclass(frozen=True)
class AccountImport:
    """The outcome of an import: links of the new accounts, and the rows that were left out."""

    links: list[PasswordLink] = field(default_factory=list)
    rejected: list[AccountRow] = field(default_factory=list)


def account_template(*, file_format: str) -> bytes:
    """Return a sheet with one example row, in the active language; `file_format` is xlsx or csv."""
    example = [
        "chen.lan",
        "陈岚",
        _("Full name or alias of the office"),
        str(Role.TRAINEE.label),
        "",
        "",
        "中文",
    ]
    header = _headings()
    if file_format == "csv":
        return write_csv(header, [example])
    return write_xlsx(header, [example], title=_("Accounts"))


def _headings() -> list[str]:
    return [column.title for column in LAYOUT.columns]


def read_accounts(*, data: bytes, sheet: str = "") -> AccountFile:
    """Read a file and check each row, in the active language; `sheet` reads one sheet of several.

    Raises SheetError where the file as a whole cannot be read.
    """
    table_file = read_tables(data, layout=LAYOUT, max_rows=MAX_ROWS, sheet=sheet)
    return AccountFile(table_file, _checked_rows(table_file.rows))


def _checked_rows(rows: list[TableRow]) -> list[AccountRow]:
    values = [row.texts for row in rows]
    usernames = [texts["username"] for texts in values]
    counts = Counter(username.casefold() for username in usernames)
    existing = User.objects.annotate(lowered=Lower("username")).filter(
        lowered__in=[username.lower() for username in usernames]
    )
    used = {username.casefold() for username in existing.values_list("username", flat=True)}
    offices = {name: office_by_name(name) for name in {texts["office"] for texts in values}}
    return [
        AccountRow(row.number, texts, tuple(_row_errors(row, texts, counts, used, offices)), row.sheet)
        for row, texts in zip(rows, values, strict=True)
    ]


def _row_errors(
    row: TableRow,
    texts: dict[str, str],
    counts: Counter[str],
    used: set[str],
    offices: dict[str, Office | None],
) -> list[CellError]:
    """Return what the reader found wrong in a row, then what the fields say of cells that could be read."""
    errors = row.errors
    unreadable = {error.field for error in errors}
    messages = [
        (name, message)
        for name, message in [*_meaning_errors(texts, counts, used, offices), *_field_errors(texts)]
        if name not in unreadable
    ]
    reported: set[str] = set()
    for name, message in messages:
        # One message a field is enough: the model would repeat that an empty name is empty.
        if name not in reported or name == "roles":
            errors.append(CellError(row.number, name, message, row.sheet))
        reported.add(name)
    return errors


def _meaning_errors(
    texts: dict[str, str], counts: Counter[str], used: set[str], offices: dict[str, Office | None]
) -> list[tuple[str, str]]:
    errors = [
        (name, _("This is needed."))
        for name in LAYOUT.by_field
        if name in LAYOUT.required and not texts[name]
    ]
    username = texts["username"].casefold()
    if username in used:
        errors.append(("username", _("There is an account of this name already.")))
    elif username and counts[username] > 1:
        errors.append(("username", _("This name is in the sheet more than once.")))
    if texts["office"] and offices[texts["office"]] is None:
        errors.append(("office", _("No office has this name or alias.")))
    _roles, unknown = parse_roles(texts.get("roles", ""))
    errors += [("roles", _("There is no role %(role)s.") % {"role": name}) for name in unknown]
    if texts.get("language") and parse_language(texts["language"]) is None:
        errors.append(("language", _("Write 中文 or English.")))
    marked = ((name, marked_text_error([text], actor=None)) for name, text in texts.items())
    return errors + [(name, message) for name, message in marked if message]


def _field_errors(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return what the model says of the plain fields."""
    user = User(**{name: texts.get(name, "") for name in ("username", "display_name", "email", "phone")})
    try:
        user.clean_fields(exclude=["password", "language"])
    except ValidationError as error:
        return [(name, message) for name, messages in error.message_dict.items() for message in messages]
    return []


def parse_roles(text: str) -> tuple[list[str], list[str]]:
    """Return roles by code or label in either language, and the words that name none."""
    role_by_word: dict[str, str] = {}
    for language in Lang.values:
        with override(language):
            role_by_word |= {str(role.label).casefold(): role.value for role in Role}
    role_by_word |= {role.value: role.value for role in Role}
    for separator in ROLE_SEPARATORS:
        text = text.replace(separator, "\n")
    words = [word for part in text.split("\n") if (word := part.strip(ROLE_PADDING))]
    roles = [role_by_word[word.casefold()] for word in words if word.casefold() in role_by_word]
    return roles, [word for word in words if word.casefold() not in role_by_word]


def parse_language(text: str) -> str | None:
    text = text.strip().casefold()
    if text in Lang.values:
        return text
    return LANGUAGE_NAMES.get(text)


def already_there(rows: list[AccountRow]) -> list[AccountRow]:
    """Return rows that are wrong only in that the same person has an account of this name already."""
    usernames = [row.values["username"] for row in rows]
    names = {
        username.casefold(): display_name
        for username, display_name in User.objects.annotate(lowered=Lower("username"))
        .filter(lowered__in=[username.lower() for username in usernames])
        .values_list("username", "display_name")
    }
    return [
        row
        for row in rows
        if all(error.field == "username" for error in row.errors)
        and names.get(row.values["username"].casefold()) == row.values["display_name"]
    ]


def import_accounts(*, rows: list[AccountRow], actor: User | None) -> AccountImport:
    """Create the accounts of the good rows, each in a transaction of its own, with a link each for the password.

    `actor` is None for a command at the server.
    Rows with errors are left out, and so is one whose name somebody has used since it was checked.
    """
    if actor is not None and not can_manage_accounts(actor):
        raise PermissionDenied
    result = AccountImport()
    for row in rows:
        if row.errors:
            result.rejected.append(row)
            continue
        try:
            result.links.append(_create(row, actor))
        except ValidationError as error:
            errors = tuple(CellError(row.number, "", message, row.sheet) for message in error.messages)
            result.rejected.append(replace(row, errors=errors))
    return result


@transaction.atomic
def _create(row: AccountRow, actor: User | None) -> PasswordLink:
    user = create_account(
        username=row.values["username"],
        display_name=row.values["display_name"],
        email=row.values.get("email", ""),
        phone=row.values.get("phone", ""),
        language=parse_language(row.values.get("language", "")) or Lang.ZH_HANS,
        office=office_by_name(row.values["office"]),
        roles=parse_roles(row.values.get("roles", ""))[0],
        actor=actor,
    )
    return issue_password_link(user=user, actor=actor)


def rejected_sheet(*, rows: list[AccountRow]) -> bytes:
    """Return the rows that were left out as a sheet that can be corrected and sent again."""
    body = [[*row.cells, " ".join(row.messages)] for row in rows]
    return write_xlsx([*_headings(), _("What is wrong")], body, title=_("Rejected rows"))
