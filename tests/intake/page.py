"""inputs/IMPORT.md, made by doing what it says: ``python -m tests.intake.page > inputs/IMPORT.md``
writes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from planner.intake.map_file import SECTIONS
from planner.intake.use import FIELDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "inputs" / "IMPORT.md"
TEMPLATE = Path(__file__).with_name("page.md")
_STEP = re.compile(r"^@(run|quiet|map|answer|rows)(?: (.*))?$", re.MULTILINE)


def page() -> str:
    """Return the text of inputs/IMPORT.md."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "inputs").symlink_to(ROOT / "inputs")
        text = TEMPLATE.read_text(encoding="utf-8")
        made = _STEP.sub(lambda step: _done(step[1], step[2] or "", folder), text)
    table = "\n".join(f"| `{name}` | {what} |" for name, what in FIELDS.items())
    return made.replace("@fields", table).replace(
        "@sections", ", ".join(f"`{s}`" for s in SECTIONS)
    )


def _done(kind: str, what: str, folder: Path) -> str:
    """Return what a step of the template becomes, having done it."""
    path = folder / "my-case" / "import.yaml"
    if kind in ("run", "quiet"):
        said = _said(what, folder)
        return f"```console\n$ {what}\n{said if kind == 'run' else ''}```"
    if kind == "map":
        lines = path.read_text(encoding="utf-8").splitlines()
        first, last = (
            next(n for n, line in enumerate(lines) if line.startswith(word))
            for word in what.split(" to ")
        )
        return "```yaml\n" + "\n".join(lines[first:last]).rstrip() + "\n```"
    if kind == "rows":
        return "```\n" + (folder / "my-case" / what).read_text(encoding="utf-8") + "```"
    text = path.read_text(encoding="utf-8")
    key, _, value = what.partition(" => ")
    new, count = re.subn(rf'^( *"?{re.escape(key)}"?): .*$', rf"\1: {value}", text, flags=re.M)
    assert count == 1, (key, text)
    path.write_text(new, encoding="utf-8")
    return next(line for line in new.splitlines() if line.strip().strip('"').startswith(key))


def _said(command: str, folder: Path) -> str:
    """Return what a command prints, the result first."""
    words = [sys.executable, "-m", *command.split()]
    found = subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )
    asks = " import " in command and "question" in found.stderr
    assert found.returncode == (3 if asks else 0), (command, found.stderr)
    return found.stdout + found.stderr


if __name__ == "__main__":
    sys.stdout.write(page())
