"""The command that serves the page to work on: serve."""

from __future__ import annotations

import html
import sys
import tempfile
from pathlib import Path

import click

from planner.cli.group import cli, named_run, out_option
from planner.exits import TROUBLE, USAGE, Stop
from planner.report.streams import echo, say
from planner.words import printable

NEEDED = ("starlette", "uvicorn")


@cli.command()
@click.argument("which", metavar="[RUN]", required=False)
@out_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Where to listen; 0: any port that is free.",
)
@click.option("--no-open", is_flag=True, help="Only print the address; open no browser.")
def serve(which: str | None, out: Path, port: int, no_open: bool) -> None:
    """Serve a page to work on: open RUN (a run folder, or a case for its newest run; without RUN
    the newest of all), move demand, power, supply, prices, lead times and dates, and see what the
    plan comes to while you move.

    What is shown while moving is solved again, exactly, with everything divisible.  A state can be
    shared as an address, saved as a what-if run or as a variant of a sweep, and applied to the
    case; tables are edited with the checks of planner check, workbooks imported, runs compared and
    approved.  Each of these shows the command that does the same.

    Only this machine is listened to, and the address holds a token: whoever has both can do what
    the commands can.  End it with Ctrl-C; what was saved stays.
    """
    import importlib.util

    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise Stop(
            USAGE,
            f"planner serve needs {' and '.join(missing)}. Next: pip install "
            "'compute-capacity-planner[serve]'",
        )
    from planner.runs.read import RunError
    from planner.serve.server import Serving, run_path
    from planner.serve.server import serve as listen

    given = (Path(which),) if which is not None and Path(which).exists() else ()
    try:
        folder = named_run(which, out, marked=True)
        path = run_path(folder.resolve())
        out = folder.parent.parent if which is not None else out
    except RunError:
        if which is not None and not given:
            raise
        path = "/"  # no run yet: a case can be edited and planned from the page

    def ready(serving: Serving) -> None:
        address = serving.address(path)
        echo(address)
        sys.stdout.flush()
        say(f"Runs under {printable(out)}. Only this machine can open it. End with Ctrl-C.")
        if not no_open:
            _open(address, beside)

    try:
        with tempfile.TemporaryDirectory(prefix="planner-serve-") as beside:
            listen(out, given, port, ready)
    except OSError as reason:
        raise Stop(
            TROUBLE,
            f"Port {port} cannot be used ({reason.strerror or reason}). Next: planner serve "
            "--port 0",
        ) from None


def _open(address: str, beside: str) -> None:
    """Open an address in the browser by way of a file that only we can read: the arguments of a
    process, and with them the token, are told to everybody on the machine."""
    path = Path(beside, "open.html")
    path.write_text(
        f'<!doctype html><meta http-equiv="refresh" content="0;url={html.escape(address)}">',
        encoding="utf-8",
    )
    click.launch(str(path))
