"""Warnings of an import, stored as codes with values and shown in the language of whoever looks."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

MESSAGES = {
    "images": _("%(count)s pictures were left out."),
    "embedded": _("Embedded content was left out."),
    "bytes_replaced": _("%(count)s bytes could not be read and were replaced."),
    "gap": _("The numbering jumps from %(before)s to %(after)s."),
    "first": _("The numbering begins with %(after)s."),
    "double": _("%(label)s appears twice."),
    "backwards": _("%(after)s comes after %(before)s."),
    "repaired_number": _("%(written)s was read as %(read)s, the only number that fits."),
    "broken_number": _("The number of %(read)s was written “%(written)s”."),
    "run_in": _("%(read)s is not set off from its text."),
    "run_in_many": _("The numbers of %(count)s articles are not set off from their text."),
    "inside": _("%(read)s begins inside a paragraph."),
    "not_article": _("“%(text)s” looks like an article out of order and was kept as text."),
    "restart": _("The numbering begins again at %(label)s: a second text in the same file."),
    "stray": _("“%(text)s” does not continue the outline and was kept as text."),
    "contents_unclear": _("The end of the table of contents was not clear."),
    "no_title": _("No title was found in the text; the name of the file was used."),
    "title_differs": _("The name of the file differs from the title in the text."),
    "date_differs": _("The name of the file says %(named)s, the text says %(written)s; %(used)s was used."),
    "no_date": _("No date of promulgation was found in the text or in the name of the file."),
    "text_differs": _(
        "The text differs from the stored version, first at “%(place)s”; the stored one stays unless you correct it."
    ),
    "date_added": _("The stored version had no date; it now has %(date)s."),
    "date_taken": _("The file has no date; its text is that of the version of %(date)s."),
    "other_title": _("Filed under “%(title)s”, which is also known by this name."),
    "wrapped": _("Lines that ended inside a sentence were joined; check the paragraphs."),
    "left_out": _(
        "%(share)s%% of the characters came in. The title block has %(front)s characters and the table of "
        "contents %(contents)s; %(rest)s more were left out."
    ),
    "quoted_articles": _("The articles in it are quoted, not its own."),
    "lost_text": _("%(count)s characters of the file are missing from the provisions."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return gettext(MESSAGES[self.code]) % dict(self.values)

    def as_json(self) -> dict:
        return {"code": self.code, "values": dict(self.values)}


class Warnings(list[Finding]):
    """A list of warnings that stays readable: after `LIMIT` of one code, no more of it are kept."""

    LIMIT = 50

    def note(self, code: str, **values: object) -> None:
        warning = Finding(code, tuple((name, str(value)) for name, value in values.items()))
        if warning not in self and sum(noted.code == code for noted in self) < self.LIMIT:
            self.append(warning)


def warning_texts(stored: list[dict]) -> list[str]:
    """Return the texts of warnings that were stored with `as_json`."""
    rows = (row for row in stored if row.get("code") in MESSAGES)
    return [str(Finding(row["code"], tuple(row["values"].items()))) for row in rows]
