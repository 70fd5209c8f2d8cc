"""The house stays in order: files of one noun, functions of few arguments, no room that swallows
the rest."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import planner

ROOT = Path(planner.__file__).parent
LONGEST = 300
"""Lines of a file: one that is longer holds two nouns."""
MOST_ARGUMENTS = 6
"""Of a function: one that needs more wants a value of its own."""
LARGEST = 0.25
"""Share of the code that one package may be."""

FILES = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}


def test_no_file_is_longer_than_one_noun() -> None:
    lines = {path: text.count("\n") for path, text in FILES.items()}
    assert {str(path): n for path, n in lines.items() if n > LONGEST} == {}


@pytest.mark.slow
def test_no_function_takes_more_arguments_than_fit_a_hand() -> None:
    found = []
    for path, text in FILES.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                names = [
                    a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                ]
                names = names[1:] if names[:1] in (["self"], ["cls"]) else names
                if len(names) > MOST_ARGUMENTS:
                    found.append(f"{path}:{node.lineno} {node.name} takes {len(names)}")
    assert found == []


def test_no_package_is_more_than_a_quarter_of_the_code() -> None:
    lines: Counter[str] = Counter()
    for path, text in FILES.items():
        lines[path.parts[0]] += text.count("\n")
    assert {name: n for name, n in lines.items() if n > LARGEST * lines.total()} == {}
