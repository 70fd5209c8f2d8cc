"""The command: what it prints, and how it ends where it cannot serve."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import click
import pytest

from planner.cli import main
from planner.cli.serve import _open
from planner.exits import TROUBLE, USAGE
from tests.helpers import write_case


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["serve"]) == USAGE
    assert "pip install 'compute-capacity-planner[serve]'" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_case(tmp_path / "case")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code = main(["serve", str(case), "--out", str(tmp_path / "o"), "--port", port, "--no-open"])
    assert code == TROUBLE
    said = capsys.readouterr()
    assert said.out == ""
    assert "planner serve --port 0" in said.err


def test_what_is_neither_a_run_nor_a_case_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "nothing", "--out", str(tmp_path)]) == USAGE
    assert "planner ls" in capsys.readouterr().err


def test_the_token_is_no_argument_of_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(click, "launch", told.append)
    _open("http://127.0.0.1:1/#token=secret", str(tmp_path))
    assert "secret" not in told[0]
    assert "0;url=http://127.0.0.1:1/#token=secret" in Path(told[0]).read_text(encoding="utf-8")
