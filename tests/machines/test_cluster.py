"""A cluster with its processes killed: nothing is answered wrongly, twice or not at all, and all of
it as on this machine."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner import pipeline
from planner.cli import main
from planner.machines import cluster
from planner.machines.executor import ask, executor
from planner.machines.job import Job, WorkerLost
from planner.machines.where import Where
from planner.study import sweep as module
from planner.study.sweep import Sweep, sweep, sweep_csv
from tests.helpers import write_case
from tests.machines import jobs
from tests.machines.cluster import Machines, machines
from tests.model.small import offer, power, settings, tables

FutureCancelledError = pytest.importorskip("distributed.client").FutureCancelledError

VARIANTS = {
    "more": "demand.*.*.output_mtok*=1.5",
    "dear": "offers.buy.usd_per_chip*=3",
    "power": "power.home.*.mw=0.012",
    "no power": "power.home.*.mw=0.005",
    "rate": "case.discount_rate=0.1",
    "wrong": "power.home.*.mw=-1",
}


@pytest.fixture(scope="module")
def there() -> Iterator[Machines]:
    with machines(2) as found:
        yield found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    offers = [
        offer(usd_per_chip=100),
        offer("lease", kind="lease", usd_per_chip=90, term_periods=1),
    ]
    case = write_case(folder / "case", tables(offers=offers, power=power(mw=0.015)), settings())
    result = pipeline.run(case, out=folder / "outputs")
    assert result.folder is not None
    return result.folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "variants.csv"
    lines = (f"{name},{override}\n" for name, override in VARIANTS.items())
    path.write_text("variant,set\n" + "".join(lines), encoding="utf-8")
    return path


def told(found: Sweep) -> bytes:
    """What a sweep finds, but for the seconds it took."""
    return "\n".join(line.rsplit(",", 1)[0] for line in sweep_csv(found).splitlines()).encode()


@pytest.mark.slow
def test_serial_processes_and_cluster_answer_the_same(
    there: Machines, run: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WORTHWHILE", 0)
    serial, here, far = (
        sweep(run, file, where) for where in (Where(1), Where(2), Where(cluster=there.address))
    )
    assert told(serial) == told(here) == told(far)
    assert [one.status for one in far.swept] == ["optimal"] * 3 + [
        "infeasible",
        "optimal",
        "invalid",
    ]
    assert serial.objective == here.objective == far.objective


@pytest.mark.slow
def test_a_killed_worker_costs_its_question_only(there: Machines, tmp_path: Path) -> None:
    victim = there.start_worker()
    mine: list[Path] = []

    def kill() -> None:
        """Kill the third worker once it is in the middle of its second question."""
        while len(mine) < 2 and victim.poll() is None:
            mine[:] = tmp_path.glob(f"begun-*-{victim.pid}-*")
            time.sleep(0.01)
        victim.send_signal(signal.SIGKILL)

    with executor(cluster=there.address) as machines:
        while len(machines._client.scheduler_info()["workers"]) < 3:  # type: ignore[attr-defined]
            time.sleep(0.05)
        killer = threading.Thread(target=kill)
        killer.start()
        answers = ask(machines, Job(jobs.opened, jobs.answer, tmp_path), range(24))
        killer.join()
    assert [square for square, _ in answers] == [at * at for at in range(24)]
    assert victim.wait() == -signal.SIGKILL and len(mine) == 2
    begun = len(list(tmp_path.glob("begun-*")))
    assert 25 <= begun <= 26  # the one under way, and at most one whose answer was on its way
    # the job came once to each of the three
    opened = [path.name.split("-")[1] for path in tmp_path.glob("opened-*")]
    assert len(opened) == len(set(opened)) == 3


@pytest.mark.slow
def test_what_a_question_raises_is_raised_here(there: Machines, tmp_path: Path) -> None:
    job = Job(jobs.opened, jobs.answer, tmp_path)
    with (
        pytest.raises(RuntimeError, match="LookupError"),
        executor(cluster=there.address) as machines,
    ):
        ask(machines, job, [1, "wrong", 2])
    with executor(cluster=there.address) as machines:  # and the cluster goes on
        assert [square for square, _ in ask(machines, job, [3, 4])] == [9, 16]


@pytest.mark.slow
def test_a_scheduler_that_is_gone_is_told_of_and_resume_finishes(
    run: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 3.0)
    plain = sweep(run, file, Where(1))
    for path in module.Kept(run).folder.iterdir():
        path.unlink()
    kept: list[tuple[str, ...]] = []
    keep = module.Kept.keep
    with machines(1) as there:

        def kill(self: module.Kept, overrides: tuple[str, ...], result: module.Result) -> None:
            keep(self, overrides, result)
            kept.append(overrides)
            if len(kept) == 2:
                there.scheduler.kill()
                there.scheduler.wait()

        monkeypatch.setattr(module.Kept, "keep", kill)
        command = ["sweep", str(run), str(file), "--cluster", there.address]
        assert main(command) == 1
        err = capsys.readouterr().err
        assert f"the scheduler {there.address} " in err and "--resume" in err
        assert len(kept) == len(list(module.Kept(run).folder.iterdir())) == 2
        there.start_scheduler()
        there.start_worker()
        again = sweep(run, file, Where(cluster=there.address), resume=True)
    assert told(again) == told(plain)
    # none of the six answers, the run's own among them, was worked out twice
    assert len(kept) == len(set(kept)) == len(VARIANTS)


class Cancelled:
    """A future that the client gave up, before its status says that the scheduler is gone."""

    def result(self, timeout: float) -> bytes:
        raise FutureCancelledError("planner-0-2", "scheduler-connection-lost")


def test_a_future_cancelled_first_tells_that_the_scheduler_is_gone() -> None:
    with pytest.raises(WorkerLost, match=r"tcp://here:1 is gone \(FutureCancelledError\)"):
        cluster.Cluster("tcp://here:1")._result(Cancelled())


def test_no_cluster_there(run: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", str(run), str(file), "--cluster", "10.0.0.1"]) == 2
    assert "10.0.0.1 is no cluster: local:NUMBER or the address" in capsys.readouterr().err


@pytest.mark.slow
def test_an_address_where_nobody_answers(
    run: Path, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    assert main(["sweep", str(run), str(file), "--cluster", "tcp://127.0.0.1:9"]) == 1
    assert "the scheduler tcp://127.0.0.1:9 does not answer" in capsys.readouterr().err


@pytest.mark.slow
def test_a_cluster_started_here_leaves_nothing(tmp_path: Path) -> None:
    with executor(cluster="local:2") as machines:
        answers = ask(machines, Job(jobs.opened, jobs.answer, tmp_path), range(8))
    assert [square for square, _ in answers] == [at * at for at in range(8)]
    pids = {pid for _, pid in answers}
    assert os.getpid() not in pids
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
