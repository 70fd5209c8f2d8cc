"""A job whose workers leave word of what they do, so that a test can see and disturb them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any


def opened(folder: Path, own: bool) -> Path:
    """Leave word of who opens the job."""
    (folder / f"opened-{os.getpid()}-{time.monotonic_ns()}").touch()
    return folder


def answer(folder: Path, question: Any) -> Any:
    """Leave word of who answers what, take a while, and return the square."""
    if isinstance(question, str):
        if question == "die":
            os.kill(os.getpid(), 9)
        raise LookupError(question)
    (folder / f"begun-{question}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(0.15)
    return question * question, os.getpid()
