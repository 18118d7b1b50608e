"""Reading CSV files: encodings, delimiters learned from the headings, quotation marks."""

import pytest

from portal.foundation.sheets import Layout, SheetColumn, SheetError, read_tables

pytestmark = pytest.mark.usefixtures("english")

LAYOUT = Layout(
    (
        SheetColumn("username", "Username", ("用户名",), required=True),
        SheetColumn("name", "Full name", ("姓名",), required=True),
        SheetColumn("office", "Office", ("单位",)),
        SheetColumn("roles", "Roles", ("角色",)),
    )
)


def read(text, encoding="utf-8", max_rows=100):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return read_tables(content, layout=LAYOUT, max_rows=max_rows)


def texts(text, **options):
    return [list(row.texts.values()) for row in read(text, **options).rows]


def refusal(text, **options):
    with pytest.raises(SheetError) as error:
        read(text, **options)
    return error.value.messages


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，", "；"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends_that_occur_are_read(encoding, delimiter, line_end):
    text = "用户名,姓名,单位\nchen.lan,陈岚,法院\n".replace(",", delimiter).replace("\n", line_end)
    assert texts(text, encoding=encoding) == [["chen.lan", "陈岚", "法院"]]


@pytest.mark.parametrize("content", [b"\x80\x81\xfe\xff\x00", b"\xff\xfe\x00", b"a\x00b", b"\xff"])
def test_unknown_encoding_is_refused(content):
    assert refusal(content) == ["The file's encoding is unknown. Save it as UTF-8."]


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n', "sep=; \n"])
def test_first_line_may_name_the_delimiter_and_counts_as_no_row(line):
    file = read(f"{line}用户名;姓名;角色\nchen.lan;陈岚;学员, 分析员\n")
    assert [(row.number, row.texts["roles"]) for row in file.rows] == [(2, "学员, 分析员")]


def test_delimiter_that_was_named_wrongly_is_found_from_the_headings():
    assert texts("sep=,\n用户名;姓名\nchen.lan;陈岚\n") == [["chen.lan", "陈岚"]]


def test_quotes_and_commas_in_cells_do_not_hide_the_delimiter():
    text = "用户名;姓名;角色\nzhou.min;周敏;'学员', '分析员'\nwu.lei;吴磊;'学员', '分析员', '编辑'\n"
    assert texts(text) == [
        ["zhou.min", "周敏", "'学员', '分析员'"],
        ["wu.lei", "吴磊", "'学员', '分析员', '编辑'"],
    ]


@pytest.mark.parametrize("title", ["账号汇总;2026年;共1条", "账号汇总", "账号,汇总；2026", "\n"])
def test_title_above_the_headings_may_hold_another_delimiter(title):
    file = read(f"{title}\n用户名,姓名\nchen.lan,陈岚\n")
    assert [(row.cells["name"].address, row.texts["name"]) for row in file.rows] == [
        (f"B{3 + title.count(chr(10))}", "陈岚")
    ]


def test_line_breaks_and_quotes_in_quoted_cells_are_kept():
    text = '用户名,姓名,单位\nchen.lan,陈岚,"第一行\r\n他说""好"""\nwu.lei,吴磊,丙\n'
    file = read(text)
    assert [row.texts["office"] for row in file.rows] == ['第一行\n他说"好"', "丙"]
    assert [row.number for row in file.rows] == [2, 3]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('用户名,姓名\nchen.lan,"陈岚\nwu.lei,吴磊\n', 2),
        ('用户名,姓名\nwu.lei,吴磊\n\nchen.lan,"陈岚\n', 4),
        ('用户名,姓名\n"a\nb",吴磊\nchen.lan,"陈岚\n', 4),
        ('用户名,姓名\nchen.lan,"陈岚\nwu.lei,"吴磊"\n', 2),
        ('用户名,姓名\nchen.lan,"陈"岚\n', 2),
    ],
)
def test_quotation_mark_that_is_not_closed_is_reported_with_its_line(text, line):
    message = f"Line {line}: a quotation mark is opened and not closed, or text follows a closed one."
    assert refusal(text) == [message]


def test_marks_that_close_each_other_over_rows_are_reported():
    text = '用户名,姓名,单位\na,"甲,法院\nb,乙",法院\nc,丙,法院\n'
    errors = [(error.row, error.field, error.message) for row in read(text).rows for error in row.errors]
    assert errors == [(2, "name", "B2 holds whole rows of the file. Is a quotation mark missing?")]


@pytest.mark.parametrize("cell", ["第一行\n第二行", "one, two\nthree, four, five\nsix", "\n,,,", "a\n"])
def test_text_of_several_lines_is_no_swallowed_row(cell):
    file = read(f'用户名,姓名,单位,角色\na,"{cell}",法院,学员\n')
    assert [row.errors for row in file.rows] == [[]]


@pytest.mark.parametrize("cell", ["=1+1", "-5", "@x", "+1"])
def test_apostrophe_that_guards_a_formula_is_left_out(cell):
    assert texts(f"用户名,姓名\na,'{cell}\n") == [["a", cell]]


def test_error_of_a_formula_is_no_text():
    (row,) = read("用户名,姓名\na,#N/A\n").rows
    assert [error.message for error in row.errors] == ["B2 shows the error #N/A. Write what is meant."]


def test_rows_without_anything_are_no_rows():
    assert texts("用户名,姓名,备注\n,,\n , ,\na,甲,\n,,只有备注\n") == [["a", "甲"]]


def test_missing_headings_are_named():
    assert refusal("用户名,单位\na,法院\n") == ["There is no column Full name. Use the template's headings."]
    assert refusal("<html><body>no table</body></html>") == [
        "There is no column Username, Full name. Use the template's headings."
    ]


def test_number_of_rows_is_bounded():
    text = "用户名,姓名\n" + "a,甲\n" * 11
    assert refusal(text, max_rows=10) == ["The file has more than 10 rows; send it in parts."]
    assert len(texts(text, max_rows=11)) == 11


def test_cell_longer_than_a_cell_can_be_is_an_error_of_its_row():
    (row,) = read(f"用户名,姓名\na,{'长' * 32_768}\n").rows
    assert [error.message for error in row.errors] == ["B2 has more than 32767 characters."]
