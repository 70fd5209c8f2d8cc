"""Kernels: the best configuration that keeps the latency, composed of measured kernels by
``aiconfigurator``, asked once and then remembered."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from planner.sizing.asked import Asked, Chip, Sized
from planner.sizing.phases import CACHED, typical
from planner.sizing.roofline import fewest

SYSTEMS: Final[Mapping[str, str]] = {
    "a100": "a100_sxm",
    "h100": "h100_sxm",
    "h200": "h200_sxm",
    "b200": "b200_sxm",
    "b300": "b300_sxm",
    "gb200": "gb200",
    "gb300": "gb300",
    "l40s": "l40s",
}
"""Its systems by chips of the library."""
NODE: Final = 8
"""Chips of a deployment that is searched, where the model fits them."""
MOST_READING: Final = 0.9
"""Share of a request's time that reading may take; more is no split of it."""
VERSION: Final = "0.12"
EXTRA: Final = "pip install 'planner[sizing]', or -e '.[sizing]' in a clone"


def installed() -> bool:
    """Return whether the extra is there, in a version that is known."""
    return importlib.util.find_spec("aiconfigurator") is not None and version().startswith(VERSION)


def version() -> str:
    """Return its version; blank where it is not there."""
    try:
        return importlib.metadata.version("aiconfigurator")
    except importlib.metadata.PackageNotFoundError:
        return ""


def path_of(given: str, name: str = "") -> str:
    """Return the path of a model whose configuration comes with it, so that nothing is fetched;
    blank for others.

    Args:
        given: as it was given, such as ``openai/gpt-oss-120b``.
        name: its name in the library.
    """
    spec = importlib.util.find_spec("aiconfigurator_core")
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    known = [
        path.name.removesuffix("_config.json").replace("--", "/", 1)
        for place in places
        for path in sorted(Path(place, "model_configs").glob("*_config.json"))
        if not path.name.endswith("_hf_quant_config.json")
    ]
    for wanted in filter(None, (given, name)):
        if wanted in known:
            return wanted
        plain = _plainly(wanted.rpartition("/")[2])
        alike = [one for one in known if _plainly(one.rpartition("/")[2]).endswith(plain)]
        if alike:
            return min(alike, key=len)
    return ""


def _plainly(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def deployment(asked: Asked, chip: Chip) -> int:
    """Return the chips of a deployment to search: a node, or twice as many until the model fits."""
    return max(NODE, 1 << math.ceil(math.log2(fewest(asked, chip))))


def sized_kernels(asked: Asked, chip: Chip, path: str, today: str) -> Sized | str:
    """Return a row of measured kernels, or why there is none.

    Args:
        asked: what is asked for.
        chip: a chip that is one of :data:`SYSTEMS`.
        path: the model's path, see :func:`path_of`.
        today: the date of the row.
    """
    job = _job(asked, chip, path)
    told = _remembered(job) or _run(job)
    if "reason" in told:
        return str(told["reason"])
    return _sized(asked, told, path, today)


def _sized(asked: Asked, told: Mapping[str, Any], path: str, today: str) -> Sized:
    """Return the row of an answer: reading costs what the configuration takes for it, writing the
    rest, so that both together are what was found."""
    request = asked.osl / told["tokens_per_s_chip"]
    reading = asked.isl * told["input_s"]
    split = "reading as computed for it"
    if not 0 < reading <= MOST_READING * request:
        ratio = typical()
        reading = request * ratio * asked.isl / (ratio * asked.isl + asked.osl)
        split = "reading split off as measured results are"
    input_rate, output_rate = asked.isl / reading, asked.osl / (request - reading)
    cached = 1.0 / told["cached_s"] if told["cached_s"] > 0 else CACHED * input_rate
    if cached <= input_rate:
        cached = CACHED * input_rate
    source = f"aiconfigurator {version()}, {told['backend']}: {path}"
    note = (
        f"measured kernels: {asked.words}; {told['mode']} {told['parallel']}, first token "
        f"{told['ttft_ms']:.0f} ms, {told['tpot_ms']:.1f} ms a token, {told['memory_gb']:.0f} GB a "
        f"chip; {split}"
    )
    chips = int(told["chips"])
    return Sized("kernels", output_rate, input_rate, cached, chips, source, today, note)


def _cache(job: Mapping[str, Any]) -> Path:
    """Return the file that holds the answer to a job."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    key = json.dumps([version(), job], sort_keys=True)
    name = hashlib.sha256(key.encode()).hexdigest()[:24]
    return Path(home, "planner", "sizing", f"{name}.json")


def _remembered(job: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the answer to a job that was asked before; None where it was not, or is damaged."""
    try:
        told = json.loads(_cache(job).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def is_remembered(asked: Asked, chip: Chip, path: str) -> bool:
    """Return whether a row was asked for before, so that it takes no time."""
    return _remembered(_job(asked, chip, path)) is not None


def _job(asked: Asked, chip: Chip, path: str) -> dict[str, Any]:
    """Return what is asked of aiconfigurator."""
    return {
        "path": path,
        "system": SYSTEMS[chip.known],
        "chips": deployment(asked, chip),
        "isl": asked.isl,
        "osl": asked.osl,
        "ttft_ms": asked.ttft_ms,
        "tpot_ms": asked.tpot_ms,
    }


def _run(job: Mapping[str, Any]) -> dict[str, Any]:
    """Ask in a process of its own, and remember the answer."""
    command = [sys.executable, "-m", "planner.sizing.worker", json.dumps(job)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )
    try:
        told = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return {"reason": f"aiconfigurator ended with {done.returncode}: {last[:200]}"}
    path = _cache(job)
    with contextlib.suppress(OSError):  # it is asked again next time
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told), encoding="utf-8")
    return dict(told)
