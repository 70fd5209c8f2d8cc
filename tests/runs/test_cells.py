"""Tables as text and back: formats, blanks, refusals, equal bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.case.declare import Column, Table
from planner.plan.tables import PLAN_TABLE
from planner.runs.cells import number_cells, number_style, read_table, text_frame, write_table

SMALL = Table(
    "small",
    "A table.",
    (
        Column("name", "name", "Name."),
        Column("chips", "number", "Chips.", "chips"),
        Column("usd", "number", "Amount.", "USD"),
        Column("usd_per_chip_hour", "number", "Price.", "USD/chip-hour"),
    ),
    key=("name",),
)


def small(**columns: object) -> pd.DataFrame:
    n = len(next(iter(columns.values())))  # type: ignore[arg-type]
    return pd.DataFrame(
        {
            "name": ["a"] * n,
            "chips": [1.0] * n,
            "usd": [1.0] * n,
            "usd_per_chip_hour": [1.0] * n,
            **columns,
        }
    )


@pytest.mark.parametrize(
    ("style", "value", "cell"),
    [
        ("chips", 1500.5, "1500.5"),
        ("chips", 2000.0, "2000"),
        ("chips", 1e-9, "0"),
        ("chips", -1e-9, "0"),
        ("chips", 1 / 3, "0.333333"),
        ("chips", np.nan, ""),
        ("money", 0.0, "0.00"),
        ("money", -0.001, "0.00"),
        ("money", 1234567.891, "1234567.89"),
        ("money", np.nan, ""),
        ("digits", 3.79e25, "3.79e+25"),
        ("digits", 1 / 3, "0.333333333333"),
        ("digits", -0.0, "0"),
        ("digits", 2.35, "2.35"),
        ("digits", np.nan, ""),
    ],
)
def test_number_formats(style: str, value: float, cell: str) -> None:
    assert number_cells(np.array([value, value]), style).tolist() == [cell, cell]


@pytest.mark.parametrize(
    ("column", "style"),
    [
        (Column("held", "number", "", "chips"), "chips"),
        (Column("total_usd", "number", "", "USD"), "money"),
        (Column("usd", "number", "", "USD"), "money"),
        (Column("unit_price_usd", "number", "", "USD"), "digits"),
        (Column("break_even", "number", "", "USD"), "digits"),
        (Column("mw", "number", "", "MW"), "digits"),
        (Column("marginal_usd", "number", "", "USD/unit"), "digits"),
    ],
)
def test_amounts_are_cents_but_prices_keep_their_digits(column: Column, style: str) -> None:
    assert number_style(column) == style


def test_no_numbers_make_no_cells() -> None:
    assert all(
        number_cells(np.array([]), style).tolist() == [] for style in ("chips", "money", "digits")
    )


def test_an_infinite_number_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^small\.usd holds an infinite number$"):
        text_frame(SMALL, small(usd=[np.inf]))


def test_a_number_in_a_text_column_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^small\.name must hold text, not int$"):
        text_frame(SMALL, small(name=[3]))


def test_other_columns_than_declared_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^table small of the plan lacks \['usd'\] and has undeclared \['eur'\]$"
    ):
        text_frame(SMALL, small(name=["a"]).rename(columns={"usd": "eur"}))


def test_the_written_bytes(tmp_path: Path) -> None:
    write_table(
        SMALL,
        small(
            name=['=HYPERLINK("x")', "a,b"],
            chips=[1.5, np.nan],
            usd=[np.nan, 2.0],
            usd_per_chip_hour=[2.35, np.nan],
        ),
        tmp_path / "small.csv",
    )
    assert (
        (tmp_path / "small.csv").read_bytes()
        == b'name,chips,usd,usd_per_chip_hour\n"=HYPERLINK(""x"")",1.5,,2.35\n"a,b",,2.00,\n'
    )


def test_columns_are_written_in_their_declared_order(tmp_path: Path) -> None:
    write_table(
        SMALL,
        small(name=["a"])[["usd", "name", "usd_per_chip_hour", "chips"]],
        tmp_path / "small.csv",
    )
    assert (tmp_path / "small.csv").read_text().splitlines()[
        0
    ] == "name,chips,usd,usd_per_chip_hour"


@pytest.mark.parametrize("table", PLAN_TABLE.values(), ids=PLAN_TABLE)
def test_a_table_without_rows_keeps_its_columns_and_types(table: Table, tmp_path: Path) -> None:
    write_table(
        table,
        pd.DataFrame(
            {
                c.name: pd.Series([], dtype="float64" if c.type == "number" else "object")
                for c in table.columns
            }
        ),
        tmp_path / "t.csv",
    )
    back = read_table(table, tmp_path / "t.csv")
    assert list(back.columns) == [c.name for c in table.columns]
    assert all(back[c.name].dtype == np.float64 for c in table.columns if c.type == "number")


NAMES = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12
)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(NAMES, st.floats(-1e12, 1e12) | st.just(float("nan"))),
        max_size=6,
        unique_by=lambda row: row[0],  # the key of the table
    )
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float]]
) -> None:
    path = tmp_path_factory.mktemp("cells") / "small.csv"
    frame = small(
        name=pd.Series([name for name, _ in rows], dtype=object),
        usd_per_chip_hour=pd.Series([value for _, value in rows], dtype=float),
    )
    write_table(SMALL, frame, path)
    back = read_table(SMALL, path)
    assert back["name"].tolist() == [name for name, _ in rows]
    np.testing.assert_allclose(
        back["usd_per_chip_hour"], frame["usd_per_chip_hour"], rtol=1e-11, atol=0
    )
    write_table(SMALL, back, path.with_name("again.csv"))
    assert path.with_name("again.csv").read_bytes() == path.read_bytes()


def test_another_table_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,chips\na,1\n")
    with pytest.raises(
        ValueError,
        match=r"^does not have the columns of small: name, chips, usd, usd_per_chip_hour$",
    ):
        read_table(SMALL, tmp_path / "t.csv")
