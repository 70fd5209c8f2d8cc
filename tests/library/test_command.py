"""``planner library``: what it prints, by topic, name and date."""

from __future__ import annotations

import csv
import io
import json

import pytest

from planner.cli import main

Capture = pytest.CaptureFixture[str]


def test_the_contents_list_every_topic(capsys: Capture) -> None:
    assert main(["library"]) == 0
    shown = capsys.readouterr().out
    assert "chips" in shown and "lead_times" in shown and "rows" in shown


def test_prices_of_a_chip_since_a_year(capsys: Capture) -> None:
    assert main(["library", "prices", "--chip", "H100 SXM", "--since", "2025"]) == 0
    shown = capsys.readouterr().out
    assert "31,000" in shown and "2025-12-31" in shown and "36,742" not in shown
    assert "Of all: chip h100." in shown and "[1]     Epoch AI chip counts" in shown


def test_csv_is_the_whole_table(capsys: Capture) -> None:
    assert main(["library", "energy", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) > 60 and rows[0]["licence"] == "public domain"


def test_all_topics_of_a_chip(capsys: Capture) -> None:
    assert main(["library", "--chip", "gb200"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{topic}: " in shown for topic in ("chips", "power", "prices", "clouds"))
    assert "energy: " not in shown


def test_a_name_that_is_nearly_one_is_taken_for_it_aloud(capsys: Capture) -> None:
    assert main(["library", "enrgy", "--place", "virgina"]) == 0
    both = capsys.readouterr()
    assert "virgina: taken for virginia" in both.err and "enrgy: taken for energy" in both.err
    assert "89.2" in both.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["library", "weather"], "is no topic; there are chips, power"),
        (["library", "chips", "--chip", "quantum"], "does not know it"),
        (["library", "chips", "--place", "texas"], "energy, carbon, buildings are"),
        (["library", "--csv"], "needs a TOPIC"),
        (["library", "prices", "--since", "last year"], "write 2025"),
    ],
)
def test_wrong_use_is_told(capsys: Capture, arguments: list[str], said: str) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_check_names_old_rows(capsys: Capture) -> None:
    assert main(["library", "check"]) == 0
    assert "Older than a year" in capsys.readouterr().out
    assert main(["library", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "ok" and told["faults"] == [] and len(told["stale"]) > 100


def test_json_is_one_document(capsys: Capture) -> None:
    assert main(["library", "clouds", "--cloud", "gcp", "--json"]) == 0
    (topic,) = json.loads(capsys.readouterr().out).items()
    assert topic[0] == "clouds" and {row["provider"] for row in topic[1]} == {"gcp"}
