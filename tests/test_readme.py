"""The README's commands are commands, with options that exist, and its files are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from planner.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("planner ")]
INLINE = [text for text in re.findall(r"`(planner [a-z][^`]*)`", README) if text != "planner run"]


@pytest.mark.parametrize("line", [*COMMANDS, *INLINE])
def test_a_command_of_the_readme_is_understood(line: str) -> None:
    name, *arguments = shlex.split(line, comments=True)[1:]
    command = cli.commands[name]
    if arguments or line in COMMANDS:
        command.make_context(name, arguments).close()


def test_the_two_commands_stand_first() -> None:
    lines = [line.split("#")[0].strip() for line in BLOCKS[0].splitlines() if line.strip()]
    assert lines[-2:] == ["planner run inputs/frontier-lab", "pytest"]


def test_every_command_is_in_the_readme() -> None:
    shown = {shlex.split(line, comments=True)[1] for line in [*COMMANDS, *INLINE]}
    assert shown == set(cli.commands)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_a_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
