"""The title block of a document: where it ends, and the title in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from norms.citations.titles import title_key
from norms.importing.blocks import Block, BlockKind
from norms.importing.dates import MONTHS, WRITTEN, dates_in
from norms.importing.marks import (
    CONTENTS,
    DIVISION,
    PREAMBLE,
    annex_mark,
    article_mark,
    heading_mark,
    item_mark,
)

# Blocks in which the title is looked for; the notice by which a text was issued may stand before it.
MAX_SEARCHED_BLOCKS = 120
MAX_TITLE_LINES = 8
MAX_TITLE_LENGTH = 300
MAX_HISTORY_LINES = 60
# File systems cut long names; a title this long is recognised by its beginning.
MIN_CUT_NAME_LENGTH = 25

# Document numbers: 法释〔2016〕23号, 国务院令第687号, 第五号.
NUMBER = re.compile(
    r"(?:[\u4e00-\u9fff]{1,20}?[ \u3000]?[〔［\[（(【][ ]?[12][0-9]{3}[ ]?[〕］\]）)】][ ]?第?[ ]?[0-9]{1,5}[ ]?号"
    r"|(?:[\u4e00-\u9fff]{2,30}(?:令|公告))[ \u3000]{0,3}(?:[（(]?[12][0-9]{3}年?[）)]?)?第[ \u3000]?[0-9一二三四五六七八九十百〇零]{1,6}[ \u3000]?号"
    r"|第[ \u3000]?[0-9一二三四五六七八九十百〇零]{1,6}[ \u3000]?号)"
)
# What a line of the history of a law tells: adopted, promulgated, amended, in force.
_EVENT = re.compile(r"通过|公布|发布|颁布|修订|修正|修改|批准|施行|实施|印发|废止|生效|宣布|失效|签署|备案")
_DAY = re.compile(rf"{WRITTEN.pattern}|(?:{MONTHS}) [0-9]{{1,2}}, [12][0-9]{{3}}")
_HISTORY_START = re.compile(r"[（(\[【]")
# Sentences of an announcement, after which the title of the text itself follows.
_ANNOUNCED = re.compile(
    r"(?:现予|现将|现|予以)(?:公布|发布|公告|印发)|已[于由经][^。]{0,120}通过|特此公告|请[^。]{0,20}遵照执行"
)
# Lines that are the name of an announcement: 公告, 中华人民共和国主席令, 第六十号.
_NOTICE = re.compile(
    r"(?:公告|令|通知|[\u4e00-\u9fff]{2,30}(?:公告|令)|(?:.{0,40}(?:公告|令))?[（(]?第?[0-9一二三四五六七八九十百〇零]+号[）)]?)\Z"
)
# Names of issuing bodies, of which a line under the title consists.
_BODY_NAME = re.compile(
    r"[\u4e00-\u9fff、　 ]{2,60}(?:院|部|局|厅|署|会|委|府|办公室|委员会|总局|办公厅|司|国务院|常务委员会|人民政府|主席|总理|院长|检察长)\Z"
)
# Words with which titles end; the next line then belongs to something else.
_TITLE_END = re.compile(
    r"(?:法|法典|条例|规定|办法|解释|批复|决定|决议|意见|通知|细则|规则|纪要|方案|公告|答复|准则|标准|规程|公约|协定|协议|条约|议定书|章程"
    r"|规范|制度|指引|指南|要点|函|目录|通则|总则|大纲|典|修正案)(?:[（(][^（()）]{1,20}[）)])?\Z"
)
# A line of its own that still belongs to the title: （试行）, （二）.
_TITLE_TAIL = re.compile(r"[（(](?:[一二三四五六七八九十]{1,3}|试行|暂行|草案)[）)]\Z")
_NAME_ONLY = re.compile(r"[\u4e00-\u9fff]*\Z")
# The line with date and source that web pages put over a text.
_WEB_LINE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}\b.{0,40}\Z")


@dataclass(slots=True)
class Front:
    """`title` is "" where none was found; `body` is the index of the first block after the title block."""

    title: str = ""
    lines: list[str] = field(default_factory=list)
    body: int = 0


def split_front(blocks: list[Block], named_title: str) -> Front:
    mark = next(
        (index for index, block in enumerate(blocks[:MAX_SEARCHED_BLOCKS]) if block.kind == BlockKind.MARK),
        None,
    )
    title, end, before = _title(blocks, named_title)
    front = Front(title=title, lines=before)
    if mark is not None and mark >= end:
        front.lines += [block.text for block in blocks[end:mark] if block.text]
        end = mark + 1
    front.body = _pass_front(blocks, end, front)
    return front


def _title(blocks: list[Block], named_title: str) -> tuple[str, int, list[str]]:
    """Return the title, the index after it, and the lines before it."""
    start = next((i for i, block in enumerate(blocks[:MAX_SEARCHED_BLOCKS]) if block.text), 0)
    stop = _limit(blocks)
    marked = next(
        (i for i in range(start, stop) if blocks[i].level == 1 and not _is_structure(blocks[i])), None
    )
    run = _named_run(blocks, start, stop, title_key(named_title))
    if run is None and marked is not None:
        run = (marked, _group_end(blocks, marked, stop))
    if run is None:
        run = _announced_run(blocks, start, stop) or (start, _group_end(blocks, start, stop))
    begin, end = run
    title = joined_title([block.text for block in blocks[begin:end] if block.text])
    if not title or len(title) > MAX_TITLE_LENGTH:
        return "", start, []
    return title, end, [block.text for block in blocks[start:begin] if block.text]


def _limit(blocks: list[Block]) -> int:
    """Return the index where the search for a title stops: at the first article, heading or table of contents."""
    for index, block in enumerate(blocks[:MAX_SEARCHED_BLOCKS]):
        if block.kind != BlockKind.LINE or (index and _is_structure(block)):
            return index
    return min(len(blocks), MAX_SEARCHED_BLOCKS)


def _is_structure(block: Block) -> bool:
    line = block.text
    if not line:
        return False
    mark = article_mark(line)
    return bool(
        (mark and mark.strong and not mark.cited)
        or heading_mark(line)
        or CONTENTS.match(line)
        or DIVISION.match(line)
        or PREAMBLE.match(line)
        or annex_mark(line)
    )


def _named_run(blocks: list[Block], start: int, stop: int, key: str) -> tuple[int, int] | None:
    """Return the lines that are the title in the file's name, perhaps after the name of the issuing body."""
    if len(key) < 2:
        return None
    longer: tuple[int, int] | None = None
    for begin, end, run_key in _runs(blocks, start, stop):
        if run_key == key:
            return begin, end
        prefix = run_key.removesuffix(key)
        if longer is None and len(key) >= MIN_CUT_NAME_LENGTH and run_key.startswith(key):
            longer = begin, end
        if (
            longer is None
            and len(key) > 5
            and prefix != run_key
            and len(prefix) <= 30
            and _NAME_ONLY.match(prefix)
        ):
            longer = begin, end
    return longer


def _runs(blocks: list[Block], start: int, stop: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and title key of all short runs of lines, any of which may be a title."""
    for begin in range(start, stop):
        text = ""
        for end in range(begin, min(stop, begin + MAX_TITLE_LINES)):
            text += blocks[end].text
            if not blocks[begin].text or len(text) > MAX_TITLE_LENGTH:
                break
            if blocks[end].text:
                yield begin, end + 1, title_key(text)


def _announced_run(blocks: list[Block], start: int, stop: int) -> tuple[int, int] | None:
    """Return the lines of the title that follows an announcement (公告, 令)."""
    head = [index for index in range(start, stop) if blocks[index].text][:4]
    if not any(_NOTICE.match(_tight(blocks[index].text)) for index in head):
        return None
    announcement = next((i for i in range(start, stop) if _ANNOUNCED.search(blocks[i].text)), None)
    if announcement is None:
        return None
    for name in re.findall(
        r"《([^《》]{2,120}(?:[〈《][^〉》]{1,60}[〉》][^《》]{0,60})?)》", blocks[announcement].text
    ):
        if run := _named_run(blocks, announcement + 1, stop, title_key(name)):
            return run
    dated = next((i for i in range(announcement + 1, stop) if _is_date(blocks[i].text)), announcement)
    following = next((i for i in range(dated + 1, stop) if blocks[i].text), None)
    return (following, _group_end(blocks, following, stop)) if following is not None else None


def _group_end(blocks: list[Block], begin: int, stop: int) -> int:
    """Return the index after the lines of a title that begins at `begin`."""
    if begin >= len(blocks) or _looks_like_sentence(blocks[begin].text):
        return begin
    text = ""
    for index in range(begin, min(stop, begin + MAX_TITLE_LINES)):
        line = blocks[index].text
        if index > begin and (not line or _ends_title(blocks, begin, index, text)):
            return index
        text += line
    return min(stop, begin + MAX_TITLE_LINES) if stop > begin else begin + 1


def _ends_title(blocks: list[Block], begin: int, index: int, text: str) -> bool:
    block, first = blocks[index], blocks[begin]
    line = block.text
    if _TITLE_TAIL.match(line):
        return text.endswith(("）", ")"))
    if (
        _is_front_line(line)
        or _looks_like_sentence(line)
        or _is_item(line)
        or line == text
        or len(text) + len(line) > MAX_TITLE_LENGTH
    ):
        return True
    if first.level and block.level != first.level:
        return True
    complete = _TITLE_END.search(text) and text.count("《") == text.count("》")
    together = block.align == first.align == "center"
    return bool(complete) and (not together or _BODY_NAME.match(line) is not None)


def _looks_like_sentence(line: str) -> bool:
    return line.endswith(("。", "；", "：", ":", "！")) or (
        len(line) > 60 and bool(re.search(r"[。；]|\w\. [A-Z]", line))
    )


def _is_item(line: str) -> bool:
    """Return whether a line is an item with text (`1．问：……`); a number alone, such as （一）, can end a title."""
    mark = item_mark(line)
    return mark is not None and bool(mark.text)


def _is_front_line(line: str) -> bool:
    """Return whether a line belongs to the title block and is not the title: number, history, date."""
    return bool(
        _is_number(line)
        or (_HISTORY_START.match(line) and not item_mark(line) and _DAY.search(line))
        or _is_history(line)
        or _is_date(line)
        or _WEB_LINE.match(line)
    )


def _is_number(line: str) -> bool:
    match = NUMBER.search(line) if len(line) <= 60 else None
    return match is not None and len(line) - len(match.group()) <= 12 and not _looks_like_sentence(line)


def _is_history(line: str) -> bool:
    """Return whether a line belongs to the history of amendments: `2018年10月26日 第十三届……通过`."""
    match = WRITTEN.match(line)
    return bool(match and not line.endswith(("。", "：", "；")) and (_EVENT.search(line) or len(line) < 30))


def _is_date(line: str) -> bool:
    dates = dates_in(line)
    return len(dates) == 1 and len(_tight(line)) - (dates[0].end - dates[0].start) <= 2


def _pass_front(blocks: list[Block], index: int, front: Front) -> int:
    """Step over the lines of the title block that stand after the title."""
    key = title_key(front.title)
    while index < len(blocks):
        block = blocks[index]
        if block.is_blank or block.kind == BlockKind.MARK:
            index += 1
            continue
        if block.kind != BlockKind.LINE:
            break
        end = _front_end(blocks, index, key)
        if end == index:
            break
        front.lines += [part.text for part in blocks[index:end] if part.text]
        index = end
    return index


def _front_end(blocks: list[Block], index: int, key: str) -> int:
    """Return the index after the part of the title block at `index`, or `index` if the body begins there."""
    line = blocks[index].text
    if _is_structure(blocks[index]):
        return index
    if _HISTORY_START.match(line) and not item_mark(line) and (end := _bracket_end(blocks, index)) > index:
        return end
    if _is_front_line(line) or (_NOTICE.match(_tight(line)) and len(line) < 60):
        return index + 1
    if key and (end := _repeated_title(blocks, index, key)) > index:
        return end
    if len(line) < 40 and _BODY_NAME.match(line) and not line.endswith("会议") and _is_alone(blocks, index):
        return index + 1
    return index


def _is_alone(blocks: list[Block], index: int) -> bool:
    """Return whether an issuing body under the title is not text: it is centred, or more of the title block follows."""
    following = next((block for block in blocks[index + 1 : index + 4] if block.text), None)
    return blocks[index].align == "center" or (following is not None and _is_front_line(following.text))


def _bracket_end(blocks: list[Block], index: int) -> int:
    """Return the index after a history in brackets, which may run over several lines."""
    text = ""
    for end in range(index, min(len(blocks), index + MAX_HISTORY_LINES)):
        text += blocks[end].text
        opened = text.count("（") + text.count("(")
        if opened <= text.count("）") + text.count(")"):
            is_history = bool(_DAY.search(text)) and not text.endswith(("。", "；", "："))
            return end + 1 if is_history else index
        if end > index and _is_structure(blocks[end]):
            break
    has_date = bool(WRITTEN.search(blocks[index].text)) and bool(_EVENT.search(blocks[index].text))
    return index + 1 if has_date else index


def _repeated_title(blocks: list[Block], index: int, key: str) -> int:
    text = ""
    for end in range(index, min(len(blocks), index + MAX_TITLE_LINES)):
        text += blocks[end].text
        text_key = title_key(text)
        if text_key == key:
            return end + 1
        if not key.startswith(text_key) or not text_key:
            return index
    return index


def joined_title(lines: list[str]) -> str:
    """Return a title that runs over several lines as one line."""
    title = ""
    for line in (_spaced(line) for line in lines):
        if not title:
            title = line
        elif title[-1].isascii() and line[:1].isascii():
            title = f"{title} {line}"
        elif _BODY_NAME.match(title) and _BODY_NAME.match(line):
            title = f"{title}、{line}"
        else:
            title += line
    title = title.strip()
    return title[1:-1] if re.fullmatch(r"《[^《》]+》", title) else title


def _spaced(line: str) -> str:
    words = line.split()
    if words and all(len(word) == 1 for word in words):
        return "".join(words)
    text = " ".join(words)
    text = re.sub(r"(?<=[\u3000-\uffef]) (?=关于|[（《])", "", text)
    return re.sub(
        r"(院|部|局|会|署|委) (?=[\u4e00-\u9fff]{2,20}(?:院|部|局|会|署|委)(?: |、|关于|\Z))", r"\1、", text
    )


def _tight(line: str) -> str:
    return re.sub(r"\s+", "", line)
