"""A scheduler and workers of dask.distributed, each in a process of its own that can be killed."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DASK = "import sys; sys.argv[0] = 'dask'; from distributed.cli import {0}; {0}.main()"


class Machines:
    """A scheduler at an address, and workers that were started for it."""

    def __init__(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.begun: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()

    def _start(self, part: str, *words: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "OPENBLAS_NUM_THREADS": "1",
            # three lost workers a question, as schedulers have it unless told otherwise
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3",
        }
        code = DASK.format(part)
        command = [sys.executable, "-c", code, *words, "--no-dashboard"]
        begun = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.begun.append(begun)
        return begun

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """Start the scheduler, as one starts it again."""
        self.scheduler = self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port)
        )
        return self.scheduler

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker; the process is the one that answers."""
        words = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0")
        return self._start("dask_worker", self.address, *words)

    def end(self) -> None:
        """End what was started."""
        for process in self.begun:
            process.kill()
            process.wait()


@contextlib.contextmanager
def machines(workers: int) -> Iterator[Machines]:
    """Start a scheduler and workers; at the end none is left."""
    there = Machines()
    try:
        for _ in range(workers):
            there.start_worker()
        yield there
    finally:
        there.end()
