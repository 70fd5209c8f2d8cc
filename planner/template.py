"""The template: the complete small case that ``planner init`` writes - the quickstart case
itself."""

from __future__ import annotations

import shutil
from pathlib import Path


def template_folder() -> Path:
    """Return where the quickstart case lies: inside the installed package, or in the repository it
    is run from.

    Raises:
        FileNotFoundError: where neither is there.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_template", package.parent / "inputs" / "quickstart"):
        if (folder / "case.yaml").is_file():
            return folder
    raise FileNotFoundError(
        f"the template case is missing from {package}; install compute-capacity-planner again"
    )


def write_template(target: Path) -> list[str]:
    """Copy the template to ``target``; return the paths written, relative to it.

    Raises:
        FileExistsError: where ``target`` is there and not an empty folder; nothing is touched.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise FileExistsError(
            f"{target} is already there and not an empty folder; nothing was written"
        )
    source = template_folder()
    names = sorted(
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    return names
