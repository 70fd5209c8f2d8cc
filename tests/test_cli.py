"""The commands, end to end on the quickstart case: what they print where, how they end, what they
leave behind."""

from __future__ import annotations

import dataclasses
import errno
import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planner import pipeline
from planner.audit.verdict import AuditReport, Check
from planner.case.problems import Problem
from planner.cli import main
from planner.lp.solution import Solution
from planner.solving import Solved

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "inputs" / "quickstart"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with a copy of the quickstart case in ``case``."""
    shutil.copytree(QUICKSTART, tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def runs(folder: Path) -> list[Path]:
    return sorted((folder / "outputs").glob("*/*"))


def plan_of(run: Path) -> dict[str, Any]:
    return json.loads((run / "plan.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


# --- starting up


HEAVY = (
    "pandas",
    "numpy",
    "highspy",
    "pulp",
    "xlsxwriter",
    "pydantic",
    "rich",
    "yaml",
    "jinja2",
    "scipy",
    "python_calamine",
)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["--version"], ["frobnicate"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        f"import sys; from planner.cli import main; main({arguments!r}); print([m for m in "
        f"{HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_the_public_face_is_lazy_and_complete() -> None:
    code = (
        f"import sys, planner; assert not [m for m in {HEAVY!r} if m in sys.modules]; "
        "print(planner.run.__module__, planner.read_case.__module__, planner.Plan.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == ["planner.pipeline", "planner.case.load", "planner.plan.plan"]


def test_the_catalog_of_no_case_is_a_problem_of_the_inputs(here: Path, capsys: Capture) -> None:
    assert main(["catalog", "nothing"]) == 3
    assert "nothing: is not a case folder; give the folder that holds case.yaml" in (
        capsys.readouterr().err
    )


def test_an_unknown_public_name_is_told() -> None:
    import planner

    with pytest.raises(AttributeError, match=r"it offers Plan, __version__, read_case, run$"):
        planner.plan_it  # noqa: B018


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frobnicate"], "No such command 'frobnicate'.\nNext: planner --help\n"),
        (["run"], "Missing argument 'CASE'.\nNext: planner run --help\n"),
        (["run", "case", "--threads", "0"], "Next: planner run --help\n"),
        (["run", "case", "--solver", "pulp:NONSENSE"], "NONSENSE"),
        (["run", "case", "--solver", "nonsense"], "give --solver highs, or --solver pulp:NAME"),
        (["show"], "There is no run under outputs. Make one with: planner run CASE\n"),
        (["show", "nothing"], "`planner ls` lists the runs.\n"),
        (["verify", "nothing"], "`planner ls` lists the runs.\n"),
        (["export", "case", "case.txt"], "Next: planner export --help\n"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(
    here: Path, capsys: Capture, arguments: list[str], message: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Traceback" not in err
    assert runs(here) == []


# --- init, check, catalog, export


def test_init_writes_the_quickstart_case_that_runs(here: Path, capsys: Capture) -> None:
    assert main(["init", "mine"]) == 0
    out, err = capsys.readouterr()
    names = sorted(
        path.relative_to(QUICKSTART).as_posix() for path in QUICKSTART.rglob("*") if path.is_file()
    )
    assert out.splitlines() == [f"mine/{name}" for name in names]
    assert err == "Next: planner run mine\n"
    tables = [name for name in names if name.endswith(".csv")]
    assert filecmp.cmpfiles(QUICKSTART, here / "mine", tables, shallow=False) == (tables, [], [])
    named = (QUICKSTART / "case.yaml").read_text().replace("name: quickstart", "name: mine")
    assert (here / "mine" / "case.yaml").read_text() == named
    assert "planner run mine" in (here / "mine" / "README.md").read_text()
    assert main(["check", "mine"]) == 0


def test_init_overwrites_nothing(here: Path, capsys: Capture) -> None:
    before = (here / "case" / "case.yaml").read_bytes()
    assert main(["init", "case"]) == 2
    assert (
        "is already there and not an empty folder; nothing was written" in capsys.readouterr().err
    )
    assert (here / "case" / "case.yaml").read_bytes() == before


def test_check_of_a_good_case(here: Path, capsys: Capture) -> None:
    assert main(["check", "case"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("case: ")
    assert err.splitlines()[-1] == "Next: planner run case"


def spoil(here: Path) -> None:
    sites = here / "case" / "sites.csv"
    text = sites.read_text().splitlines()
    sites.write_text("\n".join([text[0].replace("region", "regoin"), *text[1:]]) + "\n")


@pytest.mark.parametrize("command", ["check", "run"])
def test_problems_of_the_inputs_end_with_3_and_their_place(
    here: Path, capsys: Capture, command: str
) -> None:
    spoil(here)
    assert main([command, "case"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "sites.csv" in err
    assert "regoin" in err
    assert err.splitlines()[-1].endswith("Correct what is listed, then: planner check case")
    assert runs(here) == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "run"])
def test_warnings_are_told_and_stop_only_when_strict(
    here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    from planner.case import Case
    from planner.case import load as module

    read, warning = (
        module.read_case,
        Problem(
            "unlikely",
            "warning",
            "chips.csv",
            2,
            "kw_peak",
            "9",
            "is 5 times the last plan's",
            "check the unit",
        ),
    )

    def warned(*arguments: Any) -> Case:
        return dataclasses.replace(read(*arguments), warnings=(warning,))

    monkeypatch.setattr(module, "read_case", warned)
    monkeypatch.setattr(pipeline, "read_case", warned)
    line = "warning  chips.csv:2 kw_peak: '9' - is 5 times the last plan's; check the unit"
    assert main([command, "case"]) == 0
    assert line in capsys.readouterr().err.splitlines()
    before = runs(here)
    assert main([command, "case", "--strict"]) == 3
    assert line in capsys.readouterr().err.splitlines()
    assert runs(here) == before


@pytest.mark.parametrize("command", ["check", "run"])
def test_problems_as_json_are_one_document(here: Path, capsys: Capture, command: str) -> None:
    spoil(here)
    assert main([command, "case", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["exit_code"]) == ("input_problems", 3)
    assert {"code", "severity", "file", "row", "column", "value", "need", "fix"} == set(
        document["problems"][0]
    )
    assert "sites.csv" in {problem["file"] for problem in document["problems"]}


def test_a_case_that_is_not_there(here: Path, capsys: Capture) -> None:
    assert main(["run", "nowhere"]) == 3
    assert "case.yaml" in capsys.readouterr().err


@pytest.mark.slow
def test_catalog_lists_every_offer(here: Path, capsys: Capture) -> None:
    assert main(["catalog", "case"]) == 0
    text = capsys.readouterr().out
    assert main(["catalog", "case", "--json"]) == 0
    offers = json.loads(capsys.readouterr().out)
    assert offers
    for offer in offers:
        assert offer["offer"] in text


@pytest.mark.slow
@pytest.mark.parametrize("form", ["mps", "lp"])
def test_export_writes_the_program(here: Path, capsys: Capture, form: str) -> None:
    import highspy

    assert main(["export", "case", f"case.{form}"]) == 0
    out, err = capsys.readouterr()
    assert out == f"case.{form}\n"
    assert "A scaled program: chips in thousands, money in millions of USD" in err
    assert [path.name for path in here.iterdir() if path.name.startswith(".")] == []
    highs = highspy.Highs()
    highs.silent()
    assert highs.readModel(str(here / f"case.{form}")) == highspy.HighsStatus.kOk
    highs.run()
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    objective = plan_of(Path(capsys.readouterr().out.strip()))["objective_usd"]
    assert highs.getObjectiveValue() == pytest.approx(objective / 1e6, rel=1e-6)


# --- run, show, ls, verify


@pytest.mark.slow
def test_run_writes_a_proven_plan_and_shows_it(here: Path, capsys: Capture) -> None:
    assert main(["run", "case"]) == 0
    out, err = capsys.readouterr()
    (run,) = runs(here)
    plan = plan_of(run)
    assert (plan["status"], plan["proof"]["audit"]["ok"], plan["proof"]["faults"]) == (
        "optimal",
        True,
        [],
    )
    assert sorted(plan["files"]) == sorted(
        path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()
    )
    assert "optimal and proven" in out
    assert f"files  {run.relative_to(here)}" in out
    assert "\x1b" not in out + err
    assert [line.split()[0] for line in err.splitlines()[1:-1] if line.startswith("  ")] == [
        "read",
        "formulate",
        "solve",
        "ties",
        "extract",
        "write",
        "resolve",
        "prove",
    ]
    assert err.splitlines()[-1].startswith("Next: read outputs/")
    assert main(["show"]) == 0
    assert capsys.readouterr().out == out
    assert main(["ls"]) == 0
    assert str(run.relative_to(here)) in capsys.readouterr().out


@pytest.mark.slow
def test_run_as_json_is_one_document(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["exit_code"] == 0
    assert list(document["seconds"]) == [
        "read",
        "formulate",
        "solve",
        "ties",
        "prove",
        "extract",
        "write",
        "resolve",
    ]
    assert {key: document[key] for key in plan_of(Path(document["folder"]))} == plan_of(
        Path(document["folder"])
    )
    assert main(["ls", "--json"]) == 0
    assert [run["folder"] for run in json.loads(capsys.readouterr().out)] == [document["folder"]]


@pytest.mark.slow
def test_quiet_prints_only_where_the_run_is(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet", "--out", "elsewhere"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert Path(out.strip()).parent.parent == Path("elsewhere")
    assert (Path(out.strip()) / "manifest.json").is_file()


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(here: Path) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    one, two = runs(here)
    names = sorted(path.relative_to(one).as_posix() for path in one.rglob("*") if path.is_file())
    different = filecmp.cmpfiles(one, two, names, shallow=False)
    assert sorted(different[1]) == ["manifest.json", "run.log"]
    assert different[2] == []


@pytest.mark.slow
def test_verify_proves_a_run_again_and_notices_a_change(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    (run,) = runs(here)
    capsys.readouterr()
    assert main(["verify", str(run)]) == 0
    out = capsys.readouterr().out
    assert [line.split(maxsplit=2)[:2] for line in out.splitlines()] == [
        ["ok", "files:"],
        ["ok", "inputs:"],
        ["ok", "audit:"],
        ["ok", "plan.json:"],
        ["ok", "bound:"],
        ["ok", "tables:"],
        ["ok", "plan.json:"],
        ["ok", "plan.json:"],
        ["ok", "documents:"],
    ]
    costs = run / "costs.csv"
    costs.write_text(costs.read_text().replace(".", ".1", 1))
    assert main(["verify", str(run)]) == 6
    out, err = capsys.readouterr()
    assert "FAILED  files" in out
    assert "costs.csv was changed after the run" in out
    assert "does not hold" in err
    assert main(["verify", str(run), "--json"]) == 6
    assert json.loads(capsys.readouterr().out)["verified"] is False


@pytest.mark.slow
def test_verify_notices_another_solution(here: Path, capsys: Capture) -> None:
    import numpy as np

    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    (run,) = runs(here)
    with np.load(run / "solution.npz") as stored:
        arrays = dict(stored)
    np.savez_compressed(
        run / "solution.npz", x=arrays["x"], row_dual=np.zeros_like(arrays["row_dual"])
    )
    capsys.readouterr()
    assert main(["verify", str(run)]) == 6
    assert "FAILED  bound" in capsys.readouterr().out


@pytest.mark.slow
def test_an_override_is_kept_and_verified_with(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    base = plan_of(Path(capsys.readouterr().out.strip()))
    change = "case.discount_rate=0.25"
    assert main(["run", "case", "--no-resolve", "--quiet", "--set", change]) == 0
    run = Path(capsys.readouterr().out.strip())
    assert plan_of(run)["overrides"] == [change]
    assert (run / "inputs" / "overrides.txt").read_text() == f"{change}\n"
    assert plan_of(run)["objective_usd"] != base["objective_usd"]
    assert plan_of(run)["inputs_sha256"] != base["inputs_sha256"]
    assert main(["verify", str(run)]) == 0


@pytest.mark.parametrize("text", ["case.discount_rate=0.25\ncase.threads=1", ""])
def test_an_override_that_is_not_one_line_is_refused(
    here: Path, capsys: Capture, text: str
) -> None:
    assert main(["run", "case", "--no-resolve", "--set", text]) == 3
    assert "must be one line" in capsys.readouterr().err
    assert runs(here) == []


@pytest.mark.slow
def test_the_effective_case_is_a_case(here: Path, capsys: Capture) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    run = Path(capsys.readouterr().out.strip())
    shutil.copyfile(run / "case.effective.yaml", here / "case" / "case.yaml")
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    again = Path(capsys.readouterr().out.strip())
    assert (again / "costs.csv").read_bytes() == (run / "costs.csv").read_bytes()
    assert (again / "case.effective.yaml").read_bytes() == (
        run / "case.effective.yaml"
    ).read_bytes()


# --- when it goes wrong


def answer(status: str) -> Solved:
    import numpy as np

    none = np.array([])
    given: Any = status
    solution = Solution(
        status=given,
        message="told by the solver",
        objective=float("nan"),
        x=none,
        row_dual=none,
        reduced_cost=none,
        iterations=0,
        seconds=0.0,
        solver="stand-in",
    )
    return Solved(solution)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "code", "words", "found", "more"),
    [
        ("infeasible", 1, "without an answer", "error", ", but there is a plan: its numbers need"),
        ("unbounded", 3, "can fall without end", "unbounded", ", by what could not be found"),
        ("limit", 5, "larger --time-limit", "limit", ""),
        ("error", 1, "without an answer", "error", ""),
    ],
)
def test_no_plan_is_told_honestly_and_written_nowhere(
    here: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    code: int,
    words: str,
    found: str,
    more: str,
) -> None:
    """What a solver says of a case that has a plan: "infeasible" is not believed."""
    monkeypatch.setattr(pipeline, "solve_program", lambda *_: answer(status))
    assert main(["run", "case", "--no-resolve"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "told by the solver" in err
    assert "Next: " in err.splitlines()[-1]
    assert runs(here) == []
    assert main(["run", "case", "--no-resolve", "--json", "--quiet"]) == code
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["exit_code"]) == (found, code)
    told, _, rest = document["message"].partition("told by the solver")
    assert told == ""
    assert rest.startswith(more) and bool(rest) == bool(more)


@pytest.mark.slow
def test_a_failed_audit_is_not_called_proven(
    here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        pipeline,
        "audit",
        lambda _: AuditReport(
            (Check("power", False, 1.0, "power.csv, row 2", "at most the limit"),)
        ),
    )
    assert main(["run", "case", "--no-resolve"]) == 6
    out, err = capsys.readouterr()
    assert "NOT PROVEN: do not act on it" in out
    assert "audit failed: power: power.csv, row 2" in err
    (run,) = runs(here)
    assert plan_of(run)["status"] == "not_proven"
    assert main(["verify", str(run)]) == 6


@pytest.mark.slow
def test_a_solver_that_returns_garbage_is_caught(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = pipeline.solve_program

    def garbage(*arguments: Any) -> Solved:
        solved = solve(*arguments)
        return dataclasses.replace(
            solved,
            solution=dataclasses.replace(solved.solution, x=solved.solution.x * 0.9),
            model=None,
        )

    monkeypatch.setattr(pipeline, "solve_program", garbage)
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 6
    (run,) = runs(here)
    assert plan_of(run)["proof"]["faults"]


STOPPED = (KeyboardInterrupt(), 130, "Interrupted.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "error", "code", "words"),
    [
        (
            "write_plan",
            OSError(errno.ENOSPC, "No space left on device", "x"),
            1,
            "The disk is full",
        ),
        (
            "write_plan",
            PermissionError(errno.EACCES, "Permission denied", "x"),
            1,
            "No right to read or write there",
        ),
        ("write_plan", OSError(errno.EIO, "Input/output error", "x"), 1, "The machine refused"),
        ("write_plan", MemoryError(), 1, "memory is not enough"),
        (
            "write_plan",
            ZeroDivisionError("oops"),
            1,
            "internal error, a bug of the planner: ZeroDivisionError: oops",
        ),
        ("formulate", *STOPPED),
        ("solve_program", *STOPPED),
        ("write_plan", *STOPPED),
        ("audit", *STOPPED),
        ("finish_run", *STOPPED),
        ("publish", *STOPPED),
    ],
)
def test_trouble_at_any_step_leaves_old_runs_alone_and_nothing_half_written(
    here: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    error: BaseException,
    code: int,
    words: str,
) -> None:
    old = here / "outputs" / "quickstart" / "old"
    old.mkdir(parents=True)
    (old / "plan.json").write_text("old")

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(pipeline, where, fail)
    assert main(["run", "case", "--no-resolve"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    assert [path.name for path in (here / "outputs").rglob("*")] == [
        "quickstart",
        "old",
        "plan.json",
    ]


def test_the_folder_is_tried_before_the_solve(
    here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "blocked").mkdir()
    (here / "blocked" / "quickstart").write_text("a file where the runs of the case would be")
    monkeypatch.setattr(pipeline, "solve_program", lambda *_: pytest.fail("solved in vain"))
    assert main(["run", "case", "--no-resolve", "--out", "blocked"]) == 1
    assert "Next: " in capsys.readouterr().err.splitlines()[-1]


LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)); from "
    "planner.cli import main; sys.exit(main(['run', 'case']))"
)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
def test_a_real_refusal_to_write_more(here: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        capture_output=True,
        text=True,
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "The machine refused (File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (here / "outputs").rglob("*")] == ["quickstart"]


WAITING = """
import sys, time
from planner import pipeline
from planner.cli import main
def wait(folder):
    print("writing", flush=True)
    time.sleep(60)
pipeline.audit = wait
sys.exit(main(["run", "case", "--no-resolve"]))
"""


def waiting(here: Path) -> subprocess.Popen[str]:
    """Start a run that stays in its audit; return it when its files are written."""
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
def test_ctrl_c_ends_cleanly(here: Path) -> None:
    process = waiting(here)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.endswith(
        "Interrupted. Nothing half-written is left, earlier runs are as they were.\n"
    )
    assert [path.name for path in (here / "outputs").rglob("*")] == ["quickstart"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
def test_a_killed_run_is_never_taken_for_one_and_the_next_cleans_up(
    here: Path, capsys: Capture
) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    good = Path(capsys.readouterr().out.strip())
    process = waiting(here)
    process.kill()
    process.communicate(timeout=30)
    left = [path.name for path in good.parent.iterdir() if path.name.startswith(".partial-")]
    assert len(left) == 2
    assert main(["ls", "--json"]) == 0
    assert [run["folder"] for run in json.loads(capsys.readouterr().out)] == [str(good)]
    assert main(["verify", str(good)]) == 0
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    assert not [path for path in good.parent.iterdir() if path.name.startswith(".")]
    assert len(list(good.parent.iterdir())) == 2


@pytest.mark.slow
def test_a_reader_that_stops_reading_is_no_error(here: Path) -> None:
    assert main(["run", "case", "--no-resolve", "--quiet"]) == 0
    code = (
        "import os, sys; os.close(1); r, w = os.pipe(); os.close(r); os.dup2(w, 1); from "
        "planner.cli import main; sys.exit(main(['show']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
