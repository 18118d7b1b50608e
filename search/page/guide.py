"""The guide to the query language; each of its examples finds something."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext, pgettext


@dataclass(frozen=True, slots=True)
class GuideExample:
    text: str

    @property
    def url(self) -> str:
        return f"?{urlencode({'q': self.text})}"


@dataclass(frozen=True, slots=True)
class GuideEntry:
    title: str
    note: str
    examples: tuple[GuideExample, ...]


def guide() -> list[GuideEntry]:
    year = timezone.localdate().year
    return [
        _entry(
            pgettext("what can be typed", "Words"),
            gettext("With spaces between them; every one must occur. Pinyin will do."),
            "减刑 罚金",
            "jianxing",
        ),
        _entry(
            gettext("A whole question"),
            gettext("As you would say it; what speaks most of it comes first."),
            "家属代缴罚金后减刑幅度怎么把握？",
        ),
        _entry(
            gettext("Word for word"),
            gettext("In quotation marks, Chinese or English ones."),
            "“悔改表现”",
        ),
        _entry(
            pgettext("what can be typed", "Without"),
            gettext("A minus sign before a word or a condition."),
            "减刑 -假释",
            gettext("减刑 -kind:article"),
        ),
        _entry(
            gettext("An article or a number"),
            gettext("Leads straight there, in whatever form it is written. The key / leads to the box."),
            "社区矫正法28条",
            "刑诉法268",
        ),
        _entry(
            pgettext("what can be typed", "Conditions"),
            gettext(
                "A name, a colon, a value; names in Chinese or English. Several values with commas between them,"
                " years from one to another."
            ),
            gettext("减刑 department:court"),
            gettext("罚金 kind:question,cluster"),
            gettext("topic:财产性判项"),
            gettext("session:%(session)s") % {"session": f"TT-{year}-01"},
            gettext("year:%(first)s-%(last)s") % {"first": year - 1, "last": year},
            gettext("month:%(month)s") % {"month": f"{year}-01"},
            gettext("status:grouped"),
            gettext("缓刑 document:刑法"),
        ),
    ]


def _entry(title: str, note: str, *examples: str) -> GuideEntry:
    return GuideEntry(title, note, tuple(GuideExample(text) for text in examples))
