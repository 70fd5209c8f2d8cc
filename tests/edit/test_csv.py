"""CSV files edited: what is not named stays byte for byte."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.edit import Edit, EditError, NewColumn, NewRow
from planner.edit.csv_text import edit_csv, new_csv

FLEET = 'chip,site,chips,note\r\nh100,iowa,8,"old, and paid"\r\n\r\nb200,ohio,4,\r\n'


def edited(text: str, edit: Edit) -> str:
    return edit_csv(text.encode(), edit, "fleet.csv")[0].decode()


def test_nothing_changed_is_the_same_bytes() -> None:
    content = b"\xef\xbb\xbf" + FLEET.encode()
    assert edit_csv(content, Edit(), "fleet.csv") == (content, [])


def test_a_cell_a_row_and_a_column() -> None:
    edit = Edit(
        cells={(4, "chips"): "6", (4, "lot"): "b", (2, "chips"): "8"},
        added_rows=(
            NewRow({"chip": "tpu", "site": "iowa", "chips": "1"}, after=2),
            NewRow({"chip": "x"}),
        ),
        dropped_rows=frozenset(),
        added_columns=(NewColumn("lot", after="site"),),
        dropped_columns=frozenset({"note"}),
    )
    content, changes = edit_csv(FLEET.encode(), edit, "fleet.csv")
    assert content.decode() == (
        "chip,site,lot,chips\r\nh100,iowa,,8\r\ntpu,iowa,,1\r\n\r\nb200,ohio,b,6\r\nx,,,\r\n"
    )
    assert [str(change) for change in changes] == [
        "fleet.csv column dropped: note",
        "fleet.csv column added: lot",
        "fleet.csv:3 row added: chip tpu | site iowa | chips 1",
        "fleet.csv:5 chips: 4 -> 6",
        "fleet.csv:5 lot: blank -> b",
        "fleet.csv:6 row added: chip x",
    ]


def test_a_row_that_goes_takes_its_line() -> None:
    assert edited(FLEET, Edit(dropped_rows=frozenset({2}))) == (
        "chip,site,chips,note\r\n\r\nb200,ohio,4,\r\n"
    )


def test_the_last_line_may_lack_its_end() -> None:
    edit = Edit(added_rows=(NewRow({"a": "3"}),))
    assert edited("a;b\n1;2", edit) == "a;b\n1;2\n3;\n"


def test_quotes_stay_where_they_stood_and_come_where_they_must() -> None:
    text = '"a","b"\n"1","x ""y"""\n2,3\n'
    edit = Edit(
        cells={(2, "a"): "7", (3, "b"): "p,q"}, added_rows=(NewRow({"a": 'say "no"'}, after=2),)
    )
    assert edited(text, edit) == '"a","b"\n"7","x ""y"""\n"say ""no""",""\n2,"p,q"\n'


def test_a_field_of_several_lines_is_one_row() -> None:
    text = 'a,b\n"one\ntwo",1\n3,4\n'
    assert edited(text, Edit(cells={(3, "b"): "5"})) == 'a,b\n"one\ntwo",1\n3,5\n'


def test_nameless_cells_at_the_end_of_the_header_keep_their_place() -> None:
    edit = Edit(added_rows=(NewRow({"a": "3"}),), added_columns=(NewColumn("c"),))
    assert edited("a,b,,\n1,2,,\n", edit) == "a,b,c,,\n1,2,,,\n3,,,,\n"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (Edit(cells={(3, "chips"): "1"}), "no row 3"),
        (Edit(cells={(2, "chip s"): "1"}), "no column chip s"),
        (Edit(dropped_rows=frozenset({9})), "no row 9"),
        (Edit(dropped_columns=frozenset({"lot"})), "no column lot to drop"),
        (Edit(added_columns=(NewColumn("chip"),)), "a column chip already"),
        (Edit(added_columns=(NewColumn("lot", after="z"),)), "no column z"),
    ],
)
def test_what_is_not_there_is_told(edit: Edit, says: str) -> None:
    with pytest.raises(EditError, match=says):
        edit_csv(FLEET.encode(), edit, "fleet.csv")


def test_a_new_table() -> None:
    edit = Edit(
        added_columns=(NewColumn("a"), NewColumn("b,c")),
        added_rows=(NewRow({"a": "1", "b,c": "x\ny"}),),
    )
    assert new_csv(edit, "t.csv")[0] == b'a,"b,c"\n1,"x\ny"\n'


CELL = st.text(alphabet='ab1 ,;"\n.é', max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_edit_reads_back_as_what_it_says(data: st.DataObject) -> None:
    """The editor and the reader cut a file alike: a random table in a random dialect, edited."""
    width = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=5))
    names = [f"n{i}" for i in range(width)]
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    ends = data.draw(st.sampled_from(["\n", "\r\n"]))
    stream = io.StringIO()
    writer = csv.writer(
        stream, delimiter=data.draw(st.sampled_from(",;\t")), quoting=quoting, lineterminator=ends
    )
    if width == 1:
        writer = csv.writer(stream, quoting=quoting, lineterminator=ends)
    writer.writerows([names, *rows])
    text = stream.getvalue()
    filled = [i + 2 for i, row in enumerate(rows) if any(cell.strip() for cell in row)]
    where = st.tuples(st.sampled_from(filled or [0]), st.sampled_from(names))
    cells = data.draw(st.dictionaries(where, CELL, max_size=3)) if filled else {}
    dropped = (
        frozenset(data.draw(st.sets(st.sampled_from(filled), max_size=2)))
        if filled
        else frozenset()
    )
    gone = frozenset(data.draw(st.sets(st.sampled_from(names), max_size=width - 1)))
    cells = {k: v for k, v in cells.items() if k[1] not in gone and k[0] not in dropped}
    new = data.draw(CELL)
    edit = Edit(cells, (NewRow({"new": new}),), dropped, (NewColumn("new"),), gone)
    delimiter = max(",;\t", key=text.split(ends)[0].count)
    result = edited(text, edit)
    found = [
        [c.strip() for c in r]
        for r in csv.reader(io.StringIO(result, newline=""), delimiter=delimiter, strict=True)
    ]
    kept = [i for i, name in enumerate(names) if name not in gone]
    wanted = [[names[i] for i in kept] + ["new"]]
    for i, row in enumerate(rows):
        if i + 2 not in dropped:
            wanted.append([cells.get((i + 2, names[j]), row[j]).strip() for j in kept] + [""])
    wanted.append(["" for _ in kept] + [new.strip()])

    def shown(records: list[list[str]]) -> list[list[str]]:
        return [r for r in records if any(r)]

    assert shown(found) == shown(wanted)
