"""What is done in a process of its own: any work, and fast tests with a fault in the code."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import traceback
from collections.abc import Callable
from typing import Any, Final

import hypothesis
import pytest

from tests.faults.fault import ROOT, Fault, seed

assert hypothesis  # what tests import is there when a child begins

SIMPLE: Final = ("tests/report/test_approved.py", "tests/report/test_charts.py")
"""Fast tests without fixtures: called as they are, which saves starting pytest for every fault."""


def in_child(work: Callable[[], Any], seconds: float = 600.0) -> Any:
    """What some work returns, done in a child of this process; an exception's text if it raises."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            answer: Any = work()
        except BaseException as reason:
            line = traceback.extract_tb(reason.__traceback__)[-1]
            answer = RuntimeError(f"{type(reason).__name__}: {reason} ({line.name})")
        with os.fdopen(writer, "wb") as stream:
            pickle.dump(answer, stream)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    return pickle.loads(content) if content else RuntimeError("the process died")


def tested(fault: Fault, tests: list[str]) -> str:
    """The first fast test that fails with a fault in the code; an empty text if all pass."""
    seed(fault)
    failures: list[str] = []

    class Collector:
        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                failures.append(report.nodeid)

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                failures.append(report.nodeid)

    os.chdir(ROOT)
    for path in [path for path in tests if path in SIMPLE]:
        failed = _called(path)
        if failed:
            return failed
    rest = [path for path in tests if path not in SIMPLE]
    if rest:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            pytest.main(["-q", "-x", "-p", "no:cacheprovider", *rest], plugins=[Collector()])
    return failures[0] if failures else ""


def _called(path: str) -> str:
    """Call the tests of a file that need nothing but their parameters; the first that fails."""
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    for name, function in vars(module).items():
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
        for value in marks[0].args[1] if marks else [None]:
            try:
                function(*([value] if marks else []))
            except Exception:  # whatever fails is what would fail under pytest
                return f"{path}::{name}"
    return ""
