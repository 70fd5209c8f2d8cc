"""The run folder: whole or not there, old runs untouched, dead leftovers removed, every change
noticed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.runs.folder import (
    InputsChanged,
    case_files,
    changed_files,
    clean_partials,
    copy_inputs,
    file_list,
    input_hashes,
    inputs_digest,
    partial_folder,
    publish,
    run_name,
    safe_name,
    write_json,
)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("frontier-lab", "frontier-lab"),
        ("../../etc/passwd", "etc-passwd"),
        ("a b/c\\d", "a-b-c-d"),
        ("...", "case"),
        ("", "case"),
        ("Größe", "Gr-e"),
        ("x" * 300, "x" * 80),
        ("\x1b[31mred", "31mred"),
    ],
)
def test_a_case_name_is_one_plain_path_component(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_name_of_a_run() -> None:
    assert (
        run_name("2027Q1", datetime(2026, 11, 4, 6, 31, 12, tzinfo=UTC), "1a2b3c4d5e6f")
        == "2027Q1-20261104T063112Z-1a2b3c4d"
    )


def test_a_run_appears_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    with partial_folder(tmp_path / "demo") as partial:
        (partial / "inputs").mkdir()
        (partial / "inputs" / "case.yaml").write_text("name: demo\n")
        assert partial.name.startswith(".partial-")
        final = publish(partial, "run")
    assert final == tmp_path / "demo" / "run"
    assert (final / "inputs" / "case.yaml").read_text() == "name: demo\n"
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["run"]


def test_a_taken_name_gets_a_suffix_and_the_old_run_stays(tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        with partial_folder(tmp_path) as partial:
            (partial / "plan.json").write_text(text)
            publish(partial, "run")
    assert {path.name: (path / "plan.json").read_text() for path in tmp_path.iterdir()} == {
        "run": "first",
        "run-2": "second",
        "run-3": "third",
    }


def test_a_failure_while_writing_leaves_nothing(tmp_path: Path) -> None:
    def write() -> None:
        with partial_folder(tmp_path) as partial:
            (partial / "plan.json").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


WRITER = """
import sys, time
from pathlib import Path
from planner.runs.folder import partial_folder
with partial_folder(Path(sys.argv[1])) as partial:
    (partial / "plan.json").write_text("half")
    print(partial.name, flush=True)
    time.sleep(60)
"""


def writer(parent: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_what_a_killed_run_left_is_removed_but_a_living_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "plan.json").write_text("old")
    dead, dead_name = writer(tmp_path)
    living, living_name = writer(tmp_path)
    try:
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        assert clean_partials(tmp_path) == [dead_name]
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
            [living_name, f"{living_name}.lock", "old"]
        )
        assert (tmp_path / living_name / "plan.json").read_text() == "half"
    finally:
        living.kill()
        living.wait()
        for process in (dead, living):
            assert process.stdout is not None
            process.stdout.close()


def test_a_link_named_like_a_leftover_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("keep")
    (tmp_path / ".partial-1-link").symlink_to(tmp_path / "precious")
    assert clean_partials(tmp_path) == []
    assert (tmp_path / "precious" / "file").read_text() == "keep"


def case_folder(path: Path) -> Path:
    (path / "last_plan").mkdir(parents=True)
    for name in (
        "case.yaml",
        "chips.csv",
        "last_plan/buy_plan.csv",
        "notes.csv",
        "case.xlsx",
        "README.md",
    ):
        (path / name).write_text(name)
    return path


def test_the_inputs_are_the_declared_files_and_the_workbook(tmp_path: Path) -> None:
    folder = case_folder(tmp_path / "case")
    assert case_files(folder) == {
        name: folder / name
        for name in ("case.xlsx", "case.yaml", "chips.csv", "last_plan/buy_plan.csv")
    }


def test_a_workbook_may_be_the_whole_case(tmp_path: Path) -> None:
    (tmp_path / "my case.xlsx").write_text("book")
    hashes = input_hashes(tmp_path / "my case.xlsx")
    copy_inputs(tmp_path / "my case.xlsx", hashes, (), tmp_path / "copy")
    assert input_hashes(tmp_path / "copy") == hashes
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["case.xlsx"]


def test_the_inputs_are_copied_with_the_overrides(tmp_path: Path) -> None:
    folder = case_folder(tmp_path / "case")
    copy_inputs(folder, input_hashes(folder), ["supply.b200.2027Q2*=0.5", "x=1"], tmp_path / "copy")
    assert input_hashes(tmp_path / "copy") == input_hashes(folder)
    assert (tmp_path / "copy" / "overrides.txt").read_bytes() == b"supply.b200.2027Q2*=0.5\nx=1\n"


def test_an_input_changed_meanwhile_is_noticed(tmp_path: Path) -> None:
    folder = case_folder(tmp_path / "case")
    hashes = input_hashes(folder)
    (folder / "chips.csv").write_text("other")
    with pytest.raises(
        InputsChanged, match=r"chips\.csv changed while it was being planned; run again$"
    ):
        copy_inputs(folder, hashes, (), tmp_path / "copy")


def test_an_input_that_went_meanwhile_is_noticed(tmp_path: Path) -> None:
    folder = case_folder(tmp_path / "case")
    hashes = input_hashes(folder)
    (folder / "chips.csv").unlink()
    with pytest.raises(
        InputsChanged, match=r"files of .* came or went while it was being planned; run again$"
    ):
        copy_inputs(folder, hashes, (), tmp_path / "copy")


def test_the_digest_depends_on_names_contents_and_overrides_but_not_on_their_order_on_disk() -> (
    None
):
    one = inputs_digest({"a": "1", "b": "2"}, ["x=1"])
    assert inputs_digest({"b": "2", "a": "1"}, ["x=1"]) == one
    assert (
        len(
            {
                one,
                inputs_digest({"a": "1", "b": "3"}, ["x=1"]),
                inputs_digest({"a": "1", "c": "2"}, ["x=1"]),
                inputs_digest({"a": "1", "b": "2"}, []),
            }
        )
        == 4
    )


def test_every_later_change_of_a_run_is_told(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "run.log", "manifest.json"):
        (tmp_path / name).write_text(name)
    manifest = {"files": file_list(tmp_path)}
    assert sorted(manifest["files"]) == ["a.csv", "b.csv"]
    assert changed_files(tmp_path, manifest) == []
    (tmp_path / "a.csv").write_text("A.csv")
    (tmp_path / "b.csv").unlink()
    (tmp_path / "c.csv").write_text("new")
    (tmp_path / "run.log").write_text("other")
    assert changed_files(tmp_path, manifest) == [
        "b.csv is missing",
        "c.csv was not written by the run",
        "a.csv was changed after the run",
    ]


def test_json_holds_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": "ü", "b": [1.5]})
    assert (
        tmp_path / "x.json"
    ).read_bytes() == '{\n  "a": "ü",\n  "b": [\n    1.5\n  ]\n}\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "y.json", {"a": float("nan")})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": "ü", "b": [1.5]}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_without_rights_is_told_before_anything_is_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError), partial_folder(tmp_path / "demo"):
        pass
