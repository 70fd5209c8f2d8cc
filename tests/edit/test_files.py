"""Files replaced together: all of them or none."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest

from planner.case.files import read_files
from planner.edit import finish, replace_files

OLD = {"a.csv": b"1", "b.csv": b"2", "last_plan/c.csv": b"3"}
NEW = {name: content + b" new" for name, content in OLD.items()} | {"d.csv": b"4"}


def folder(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def contents(home: Path) -> dict[str, bytes]:
    files = (path for path in home.rglob("*") if path.is_file())
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def test_all_are_replaced_and_nothing_is_left(tmp_path: Path) -> None:
    home = folder(tmp_path)
    (home / "a.csv").chmod(0o640)
    replace_files(home, NEW)
    assert contents(home) == NEW
    assert not [path for path in home.iterdir() if path.name.startswith(".")]
    assert (home / "a.csv").stat().st_mode & 0o777 == 0o640
    replace_files(home, {"a.csv": b"5"})
    assert contents(home) == NEW | {"a.csv": b"5"}
    replace_files(home, {})


@pytest.mark.parametrize("name", ["open", "fsync"])
def test_none_is_where_one_cannot_be_written(tmp_path: Path, name: str) -> None:
    home = folder(tmp_path)
    target = "pathlib.Path.open" if name == "open" else "os.fsync"
    real = Path.open if name == "open" else os.fsync
    calls = 0

    def failing(*args: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError("disk full")
        return real(*args, **more)  # type: ignore[arg-type]

    with mock.patch(target, failing), pytest.raises(OSError, match="disk full"):
        replace_files(home, NEW)
    assert contents(home) == OLD


def test_what_was_cut_short_is_told_and_finished(tmp_path: Path) -> None:
    """Killed between two renames: half of the files are new, and the case is not read before the
    rest is."""
    home = folder(tmp_path)
    real, calls = os.replace, 0

    def killed(*args: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        real(*args)

    with mock.patch("os.replace", killed), pytest.raises(KeyboardInterrupt):
        replace_files(home, NEW)
    (home / "case.yaml").write_text("name: x\n")
    problems = [str(problem) for problem in read_files(home)[2]]
    assert any("finish it with `planner apply --finish CASE`" in problem for problem in problems)
    with pytest.raises(FileExistsError):
        replace_files(home, NEW)
    assert finish(home) == ["d.csv", "last_plan/c.csv"]
    (home / "case.yaml").unlink()
    assert contents(home) == NEW
    assert finish(home) == []
