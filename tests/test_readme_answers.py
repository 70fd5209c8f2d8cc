"""The README's answers are those that its commands give."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from planner.pipeline import run
from planner.study.explain import explain

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
ANSWERS = re.findall(
    r"^\| [^|]+ \| `planner explain frontier-lab ([^`]+)` \| ([^|]+) \|$",
    README,
    flags=re.MULTILINE,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = run(ROOT / "inputs" / "frontier-lab", out=tmp_path_factory.mktemp("readme"))
    assert result.folder is not None
    return result.folder


def test_every_question_has_an_answer() -> None:
    assert len(ANSWERS) >= 15


@pytest.mark.parametrize(
    ("question", "answer"),
    [  # one of six in every run, the others where all is run
        pytest.param(*pair, marks=pytest.mark.full if number % 6 else pytest.mark.slow)
        for number, pair in enumerate(ANSWERS)
    ],
)
def test_the_answer_is_what_the_command_says(folder: Path, question: str, answer: str) -> None:
    """Word for word, and figure for figure to 5 %: a marginal cost is a dual value, which need not
    be unique on every machine."""
    told = explain(folder, shlex.split(question)).headline
    assert FIGURE.sub("#", told) == FIGURE.sub("#", answer)
    assert [float(text.replace(",", "")) for text in FIGURE.findall(told)] == pytest.approx(
        [float(text.replace(",", "")) for text in FIGURE.findall(answer)], rel=0.05
    )
