"""Number, dates, kind and issuing bodies, from the title block, the end of the text and the file's name."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from norms.enums import DocumentKind
from norms.importing.dates import Dated, dates_in
from norms.importing.front import NUMBER
from norms.importing.warnings import Warnings

# The day stands between 自 and 起施行; both characters are left out of it, so that no second 自 is jumped over.
_EFFECTIVE = re.compile(r"(?:自|从)(?P<day>[^。；，自从]{6,20}?)(?:起|开始)?(?:施行|实施|执行|生效)")
# In force from the day of promulgation itself.
_AT_ONCE = re.compile(r"自(?:公布|发布|颁布|印发|通过|下发)之日起(?:施行|实施|执行|生效)")
_LISTED_EFFECTIVE = re.compile(r"\A[^，。；]{8,14}[ \u3000]?(?:起)?(?:施行|实施)\Z")
_PUBLISHED = re.compile(r"公布|发布|颁布|印发|公告|promulgat|publish|issued", re.IGNORECASE)
_ADOPTED = re.compile(r"通过|修订|修正|修改|批准|签署|决定|adopted|amended|revised", re.IGNORECASE)
_AMENDED = re.compile(r"修正|修订|修改|修正案|amended|revised", re.IGNORECASE)
_ENGLISH_EFFECTIVE = re.compile(
    r"(?:come|comes|came|entered?|enters) into (?:force|effect) (?:on|as of|from) (?P<day>[A-Z][a-z]+ [0-9]{1,2}, [0-9]{4})"
)
# Characters after a date in which the verb that explains it is looked for.
_MAX_VERB_DISTANCE = 90
MAX_LINE_LENGTH = 500
# A day in the file's name that is so much later than that in the text is reported.
MAX_DATE_GAP = datetime.timedelta(days=400)

_COURTS = re.compile(r"最高人民法院|最高人民检察院")
# Names of places in a title make a document a local one.
_PLACE = re.compile(
    r"(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃"
    r"|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|[\u4e00-\u9fff]{2,8}(?:省|自治区|自治州|自治县|市|州|县))"
)
# The last words of a title decide its kind; the first pattern that matches counts.
_KINDS = (
    (re.compile(r"(?:批复|答复|复函)(?:[（(].*)?\Z"), DocumentKind.REPLY),
    (re.compile(r"纪要\Z|\bminutes\b", re.IGNORECASE), DocumentKind.MINUTES),
    (re.compile(r"(?:方案|规划|计划|要点)(?:[（(].*)?\Z|\bplan\b", re.IGNORECASE), DocumentKind.PLAN),
    (re.compile(r"(?:协议|协定|备忘录)\Z|\bagreement\b", re.IGNORECASE), DocumentKind.AGREEMENT),
)
_ISSUER = re.compile(r"\A(.{2,60}?)(?:关于|印发|《)")
_ISSUER_END = re.compile(r"(?:院|部|局|厅|署|会|委|府|办公室|国务院)\Z")
_CONGRESS = re.compile(r"全国人民代表大会(?:常务委员会)?")


@dataclass(slots=True)
class Dates:
    promulgated_on: datetime.date | None = None
    effective_on: datetime.date | None = None


def document_number(preface: list[str]) -> str:
    lines = [line[:MAX_LINE_LENGTH] for line in _whole_orders(preface)]
    for line in lines:
        if len(line) <= 80 and (match := NUMBER.search(line)):
            return _number_only(match.group())
    for line in lines:
        if (match := NUMBER.search(line)) and not match.group().startswith("第"):
            return _number_only(match.group())
    return ""


def _whole_orders(preface: list[str]) -> Iterator[str]:
    """Yield the lines, the number of an order joined to its name: 国务院令 / 第687号."""
    for index, line in enumerate(preface):
        if (
            index
            and re.match(r"第[^号]{1,8}号\Z", line)
            and re.search(r"(?:令|公告|公\s+告)\Z", preface[index - 1])
        ):
            yield preface[index - 1] + line
        elif not (index + 1 < len(preface) and re.match(r"第[^号]{1,8}号\Z", preface[index + 1])):
            yield line


def _number_only(number: str) -> str:
    return re.sub(r"\s+", "", number).rpartition("日")[2][:100]


def read_dates(
    preface: list[str],
    body: list[str],
    signed: list[str],
    named_day: datetime.date | None,
    warnings: Warnings,
    fallback_day: datetime.date | None = None,
) -> Dates:
    """Return the dates of this version. The date in the file's name counts if the text has only an earlier one.

    `fallback_day` is what somebody says of a file that has no date at all.
    """
    written = _promulgated(preface) or _last_day(signed)
    dates = Dates(promulgated_on=written)
    if named_day and (written is None or named_day >= written):
        dates.promulgated_on = named_day
    if named_day and written and (named_day < written or named_day - written > MAX_DATE_GAP):
        warnings.note("date_differs", named=named_day, written=written, used=dates.promulgated_on)
    dates.promulgated_on = dates.promulgated_on or fallback_day
    if dates.promulgated_on is None:
        warnings.note("no_date")
    dates.effective_on = _effective(preface, body, dates.promulgated_on)
    return dates


def _promulgated(preface: list[str]) -> datetime.date | None:
    """Return the latest day on which the text was adopted, amended or published, coming into force left out."""
    days: list[datetime.date] = []
    loose: list[datetime.date] = []
    text = "\n".join(preface)
    candidates = dates_in(text)
    for index, date in enumerate(candidates):
        end = candidates[index + 1].start if index + 1 < len(candidates) else len(text)
        after = text[date.end : min(end, date.end + _MAX_VERB_DISTANCE)].split("\n")[0]
        if _is_effective(text, date, after):
            continue
        if (
            _PUBLISHED.search(after)
            or _ADOPTED.search(after)
            or (
                _ADOPTED.search(
                    text[max(0, date.start - _MAX_VERB_DISTANCE) : date.start].rpartition("\n")[2]
                )
                and text[date.start].isascii()
            )
        ):
            days.append(date.day)
        elif not after.strip("）) 　") or (
            (not date.start or text[date.start - 1] == "\n") and len(after) < 30
        ):
            loose.append(date.day)
    return max(days + loose, default=None)


def _is_effective(text: str, date: Dated, after: str) -> bool:
    before = text[max(0, date.start - 2) : date.start]
    starts = re.match(r"[ \u3000]?(?:起|开始)?(?:施行|实施|执行|生效)", after)
    return bool(starts) or before.endswith(("自", "从"))


def _last_day(lines: list[str]) -> datetime.date | None:
    days = [date.day for line in lines for date in dates_in(line)]
    return days[-1] if days else None


def _effective(
    preface: list[str], body: list[str], promulgated: datetime.date | None
) -> datetime.date | None:
    day = _effective_day(preface, promulgated) or _effective_day(body[-12:], promulgated)
    if day or promulgated is None:
        return day
    amended = any(_AMENDED.search(line) for line in preface)
    at_once = any(_AT_ONCE.search(line) for line in (*preface, *body[-12:]))
    return promulgated if at_once and not amended else None


def _effective_day(lines: list[str], promulgated: datetime.date | None) -> datetime.date | None:
    """Return the day of coming into force, unless it is that of an earlier version."""
    days = []
    for line in lines:
        pieces = [match.group("day") for match in _EFFECTIVE.finditer(line)]
        pieces += [match.group("day") for match in _ENGLISH_EFFECTIVE.finditer(line)]
        if _LISTED_EFFECTIVE.match(line):
            pieces.append(line)
        days += [date.day for piece in pieces for date in dates_in(piece)]
    fitting = [day for day in days if promulgated is None or day >= promulgated]
    return min(fitting, default=None)


def document_kind(title: str, number: str) -> str:
    for pattern, kind in _KINDS:
        if pattern.search(title):
            return kind
    if _COURTS.match(title):
        is_interpretation = (
            "释字" in number or "法释" in number or re.search(r"(?:解释|规定|规则|批复)(?:[（(].*)?\Z", title)
        )
        return DocumentKind.JUDICIAL_INTERPRETATION if is_interpretation else DocumentKind.NORMATIVE_DOCUMENT
    if _PLACE.match(title):
        return DocumentKind.LOCAL_NORMATIVE
    if _CONGRESS.match(title) or re.search(
        r"(?:(?<!办)法|法典|修正案)(?:[（(][^（）()]{1,12}[）)])*\Z", title
    ):
        return DocumentKind.LAW
    if re.search(r"条例(?:[（(].*)?\Z", title) or title.startswith("国务院"):
        return DocumentKind.REGULATION
    if re.search(r"(?:办法|规定|细则|规则|规程)(?:[（(].*)?\Z", title):
        return DocumentKind.RULE
    if re.search(r"(?:意见|通知|指引|指南|决定|公告|规范)(?:[（(].*)?\Z", title):
        return DocumentKind.NORMATIVE_DOCUMENT
    return DocumentKind.OTHER


def issuing_bodies(title: str, preface: list[str]) -> list[str]:
    match = _ISSUER.match(title)
    if match:
        names = [name for name in re.split(r"[、,，\s]+", match.group(1)) if _ISSUER_END.search(name)]
        if names:
            return names
    for line in reversed(preface):
        if congress := _CONGRESS.search(line):
            return [congress.group()]
        if "国务院令" in line or line.strip("（() ").startswith("国务院"):
            return ["国务院"]
    return []
