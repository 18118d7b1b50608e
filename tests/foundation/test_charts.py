"""Columns of figures, drawn without scripts."""

from __future__ import annotations

from portal.foundation.charts import DayChart

LABELS = {
    "caption": "Searches per day",
    "day_label": "Day",
    "value_label": "Searches",
    "part_label": "without results",
    "table_label": "As a table",
}


def test_columns_are_measured_by_the_highest():
    rows = [{"label": "1日", "value": 8, "part": 2}, {"label": "2日", "value": 4, "part": 0}]
    first, second = DayChart(rows, **LABELS).columns
    assert (first.x, first.top, first.height, first.hollow) == (1.5, 0, 100, 25)
    assert (second.x, second.top, second.height, second.hollow) == (11.5, 50, 50, 0)


def test_title_of_a_column_names_its_part_where_there_is_one():
    rows = [{"label": "1日", "value": 8, "part": 2}, {"label": "2日", "value": 4, "part": 0}]
    assert [column.title for column in DayChart(rows, **LABELS).columns] == [
        "1日　8　without results 2",
        "2日　4",
    ]


def test_chart_without_figures_divides_by_nothing():
    chart = DayChart([{"label": "1日", "value": 0, "part": 0}], **LABELS)
    assert (chart.max_value, chart.columns[0].height) == (1, 0)
    assert DayChart([], **LABELS).columns == []
