"""A fault: one small change of one function, found again by what the code says, not how it is set.

The function is named; within it the change is made in the text that ``ast.unparse`` gives of it, so
that line breaks, quotes, comments and the function's place in its file do not matter.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
Named = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; ``old`` stands exactly once in the function and becomes ``new``."""

    family: str
    module: str
    """Dotted, without ``planner.``."""
    function: str
    """``name`` or ``Class.name``; the name of a constant of the module."""
    old: str
    new: str
    what: str
    """What then goes wrong, in words."""

    @property
    def path(self) -> Path:
        """The file."""
        plain = ROOT.joinpath("planner", *self.module.split("."))
        return plain / "__init__.py" if plain.is_dir() else plain.with_suffix(".py")

    @property
    def name(self) -> str:
        """What the fault is called in the results."""
        return f"{self.module}.{self.function}: {self.what}"

    @property
    def dotted(self) -> str:
        """The module's full name."""
        return f"planner.{self.module}"


def of(family: str, module: str, *faults: tuple[str, str, str, str]) -> tuple[Fault, ...]:
    """Faults of one module, each as function, old, new and what then goes wrong."""
    return tuple(Fault(family, module, *fault) for fault in faults)


class DoesNotApply(ValueError):
    """The code has changed so that a fault is no longer one place of it; the message says where."""


def _find(tree: ast.Module, names: Sequence[str]) -> Any:
    """The function, class or assignment that a dotted name stands for."""
    body: list[ast.stmt] = tree.body
    node: Any = None
    for name in names:
        node = next((item for item in body if _called(item) == name), None)
        if node is None:
            raise DoesNotApply(f"there is no {'.'.join(names)}")
        body = getattr(node, "body", [])
    return node


def _called(item: ast.stmt) -> str:
    if isinstance(item, (ast.FunctionDef, ast.ClassDef)):
        return item.name
    target = item.target if isinstance(item, ast.AnnAssign) else None
    if isinstance(item, ast.Assign):
        target = item.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def mutated(fault: Fault) -> tuple[str, bool]:
    """The function (or constant) with the fault in it, as source, and whether it is a function.

    Raises:
        DoesNotApply: where ``old`` stands there not once.
    """
    tree = ast.parse(fault.path.read_text(encoding="utf-8"))
    node = _find(tree, fault.function.split("."))
    text, old, new = ast.unparse(node), fault.old, fault.new
    count = text.count(old)
    if count != 1:
        raise DoesNotApply(f"{fault.dotted}.{fault.function}: {old!r} stands there {count} times")
    changed = text.replace(old, new)
    try:
        ast.parse(changed)
    except SyntaxError as reason:
        raise DoesNotApply(f"{fault.dotted}.{fault.function}: {new!r} is no code there") from reason
    return changed, isinstance(node, ast.FunctionDef)


def seed(fault: Fault) -> None:
    """Put the fault into the running program: for good, so do it in a process of its own.

    Functions keep their identity and get other code; a constant is replaced wherever it is known.
    """
    source, is_function = mutated(fault)
    module = importlib.import_module(fault.dotted)
    *owners, name = fault.function.split(".")
    if not is_function:
        _replace(module, name, source)
        return
    for owner in reversed(owners):
        indented = "\n".join(f"    {line}" for line in source.splitlines())
        source = f"class {owner}:\n{indented}"
    code = compile(f"from __future__ import annotations\n{source}", str(fault.path), "exec")
    target: Any = module
    for part in fault.function.split("."):
        target = vars(target)[part] if part in vars(target) else getattr(target, part)
    target = getattr(target, "__func__", getattr(target, "fget", None) or target)
    while hasattr(target, "__wrapped__"):
        target = target.__wrapped__
    assert isinstance(target, FunctionType), f"{fault.function} is no function"
    target.__code__ = _code(code, fault.function.split("."))


def _code(code: CodeType, names: Sequence[str]) -> CodeType:
    """The code object of a function inside compiled source."""
    for name in names:
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)
    return code


def _replace(module: ModuleType, name: str, source: str) -> None:
    """Give a constant another value, in its module and in all that have imported it."""
    before = getattr(module, name)
    space = dict(vars(module))
    exec(compile(source, str(module.__file__), "exec"), space)
    for other in [m for key, m in sys.modules.items() if key.split(".")[0] == "planner"]:
        if vars(other).get(name) is before:
            setattr(other, name, space[name])
