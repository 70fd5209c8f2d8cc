"""The template: the complete small case that ``planner init`` writes - the quickstart case
itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TEMPLATE: Final = "quickstart"


def template_folder() -> Path:
    """Return where the quickstart case lies: inside the installed package, or in the repository it
    is run from.

    Raises:
        FileNotFoundError: where neither is there.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_template", package.parent / "inputs" / TEMPLATE):
        if (folder / "case.yaml").is_file():
            return folder
    raise FileNotFoundError(
        f"the template case is missing from {package}; install compute-capacity-planner again"
    )


def refuse_folder(target: Path) -> None:
    """Refuse to write a case where something is.

    Raises:
        FileExistsError: where ``target`` is there and not an empty folder.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise FileExistsError(
            f"{target} is already there and not an empty folder; nothing was written"
        )


def write_template(target: Path, name: str) -> list[str]:
    """Copy the template to ``target``, under a name of its own; return the paths written, relative
    to it.

    Args:
        target: the folder, not there yet or empty.
        name: of the case, in case.yaml and in the commands of its page.
    """
    source = template_folder()
    names = sorted(
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )
    for path in names:
        text = (source / path).read_text(encoding="utf-8")
        if path == "case.yaml":
            text = text.replace(f"name: {TEMPLATE}\n", f"name: {name}\n", 1)
        elif path == "README.md":
            text = text.replace(f"# {TEMPLATE}:", f"# {name}:", 1)
            text = text.replace(f"planner run inputs/{TEMPLATE}", f"planner run {name}")
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8", newline="\n")
    return names
