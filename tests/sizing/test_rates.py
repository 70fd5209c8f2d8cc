"""Rows of each kind, worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.library.read import Row, where
from planner.sizing import kernels
from planner.sizing.asked import Asked, Model, NotSized
from planner.sizing.best import size
from planner.sizing.case import known_chip, model_of
from planner.sizing.measured import results, sized_measured
from planner.sizing.phases import CACHED, fit, typical
from planner.sizing.roofline import fewest, sized_roofline

OSS = model_of("openai/gpt-oss-120b", None, None, 0.0)


def asked(isl: int, osl: int, tpot: float = 50.0, model: Model = OSS) -> Asked:
    return Asked(model, isl, osl, 5000.0, tpot)


def result(isl: int, osl: int, rate: float) -> Row:
    return {"input_tokens": str(isl), "output_tokens": str(osl), "output_tok_per_s": str(rate)}


def test_two_costs_explain_three_lengths() -> None:
    """1e-5 s a token read and 1e-3 s one written: 1.01 s, 1.1 s and 8.01 s a request."""
    rows = [
        result(1000, 1000, 1000 / 1.01),
        result(10000, 1000, 1000 / 1.1),
        result(1000, 8000, 8000 / 8.01),
    ]
    found = fit(rows)
    assert found.input_s == pytest.approx(1e-5) and found.output_s == pytest.approx(1e-3)
    assert found.rate(5000, 500) == pytest.approx(500 / 0.55)


def test_one_length_is_split_as_most_are() -> None:
    found = fit([result(1000, 1000, 500.0)])
    assert found.rate(1000, 1000) == pytest.approx(500.0)
    assert found.input_s / found.output_s == pytest.approx(typical())


def test_what_was_measured_at_these_lengths_is_taken_as_it_is() -> None:
    """H200 at 20 tokens/s a user: 1716.4 tokens/s at 8192 in, 1024 out."""
    found = sized_measured(asked(8192, 1024), "h200")
    assert found is not None and found.how == "measured"
    assert found.together(8192, 1024) == pytest.approx(1716.4)
    assert found.chips_per_replica == 1 and found.as_of == "2025-12-15"
    assert found.cached_tok_per_s == pytest.approx(CACHED * (found.input_tok_per_s or 0.0))


def test_the_speed_asked_for_is_kept() -> None:
    assert results("gpt-oss-120b", "h200", 21.0).rows[0]["tier"] == "fast"  # type: ignore[union-attr]
    assert results("gpt-oss-120b", "h200", 101.0) is None
    slow = sized_measured(asked(8192, 1024), "h200")
    fast = sized_measured(asked(8192, 1024, 20.0), "h200")
    assert slow is not None and fast is not None
    assert fast.together(8192, 1024) < slow.together(8192, 1024)


def test_roofline_scales_writing_by_bandwidth_and_reading_by_peak() -> None:
    """GB200 has 8,000 of 7,700 GB/s and 10 of 9 PFLOP/s at FP4 of a B200, of the same maker."""
    base = sized_measured(asked(4000, 4000), "b200")
    found = sized_roofline(asked(4000, 4000), known_chip("gb200"))
    assert base is not None and "gpt-oss-120b on b200" in found.source
    assert found.output_tok_per_s == pytest.approx(base.output_tok_per_s * 8000 / 7700)
    assert found.input_tok_per_s == pytest.approx((base.input_tok_per_s or 0.0) * 10000 / 9000)


def test_another_model_costs_as_its_active_parameters_do() -> None:
    mine = Model("", "mine", 234.0, 6.0, OSS.bytes_per_param)
    half = sized_roofline(asked(4000, 4000, model=mine), known_chip("b200"))
    whole = sized_roofline(asked(4000, 4000), known_chip("b200"), without="nothing")
    assert half.output_tok_per_s == pytest.approx(whole.output_tok_per_s * 5.1 / 6)
    assert "active parameters of gpt-oss-120b" in half.source and half.how == "roofline"


def test_the_chips_that_hold_a_model() -> None:
    """405 GB of weights in FP8: 0.9 x 80 = 72 GB a chip hold them in 6."""
    llama = model_of("llama-3.1-405b", None, None, 0.0)
    assert fewest(asked(1000, 1000, model=llama), known_chip("h100")) == 6
    assert fewest(asked(1000, 1000), known_chip("h100")) == 1
    row = size(asked(1000, 1000, 200.0, llama), known_chip("h100"), "2026-11-01")
    assert row.sized.chips_per_replica >= 6


def test_an_unknown_model_says_what_to_give() -> None:
    with pytest.raises(NotSized, match="--params-b"):
        model_of("titan-9", None, None, 0.0)
    titan = model_of("titan-9", 1000.0, 50.0, 0.0)
    assert (titan.gb, titan.active_b) == (1000.0, 50.0)


TOLD = {
    "mode": "agg",
    "tokens_per_s_chip": 2000.0,
    "ttft_ms": 1879.0,
    "tpot_ms": 48.8,
    "chips": 1,
    "memory_gb": 91.0,
    "parallel": "tp1pp1dp1etp1ep1",
    "backend": "trtllm 1.3.0rc20",
    "power_w": 0.0,
    "input_s": 2.5e-5,
    "cached_s": 1e-6,
}


@pytest.fixture
def remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of aiconfigurator that was asked before, so that nothing is started."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernels, "version", lambda: "0.12.0")
    monkeypatch.setattr(kernels.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr("planner.sizing.best.path_of", lambda *names: "openai/gpt-oss-120b")
    monkeypatch.setattr("planner.sizing.best.installed", lambda: True)
    job = kernels._job(asked(8000, 1000), known_chip("h200"), "openai/gpt-oss-120b")
    path = kernels._cache(job)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(TOLD))


def test_kernels_split_what_they_found(remembered: None) -> None:
    """1000 / 2000 = 0.5 s a request, of which 8000 tokens read take 0.2 s: 40,000 a second; 1000
    written in 0.3 s are 3,333 a second."""
    row = size(asked(8000, 1000), known_chip("h200"), "2026-11-27")
    found = row.sized
    assert (found.how, row.instead, found.as_of) == ("kernels", "", "2026-11-27")
    assert found.input_tok_per_s == pytest.approx(40_000)
    assert found.output_tok_per_s == pytest.approx(1000 / 0.3)
    assert found.together(8000, 1000) == pytest.approx(2000.0)
    assert found.cached_tok_per_s == pytest.approx(1e6)
    assert "aiconfigurator 0.12.0, trtllm 1.3.0rc20" in found.source


def test_reading_that_cannot_be_split_off(remembered: None) -> None:
    odd = TOLD | {"input_s": 1.0, "cached_s": -1.0}
    found = kernels._sized(asked(8000, 1000), odd, "openai/gpt-oss-120b", "2026-11-27")
    assert found.together(8000, 1000) == pytest.approx(2000.0)
    assert found.cached_tok_per_s == pytest.approx(CACHED * (found.input_tok_per_s or 0.0))


def test_chips_it_does_not_know_are_measured_or_scaled(remembered: None) -> None:
    row = size(asked(8000, 1000), known_chip("mi355x"), "2026-11-27")
    assert row.sized.how != "kernels" and "does not know the chip" in row.instead


def test_without_a_configuration_it_says_why(
    remembered: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = {"reason": "trtllm: no configuration keeps the latency"}
    monkeypatch.setattr(kernels, "_remembered", lambda job: reason)
    row = size(asked(8000, 1000), known_chip("h200"), "2026-11-27")
    assert row.sized.how == "measured" and "no configuration" in row.instead


def test_every_model_and_chip_of_the_library_has_a_row() -> None:
    models = sorted({row["model"] for row in where("throughput")})
    for name in models:
        model = model_of(name, None, None, 0.0)
        for chip in ("h100", "mi355x", "tpu-v7", "trn2"):
            row = size(asked(2000, 500, 200.0, model), known_chip(chip), "2026-11-27")
            assert row.sized.output_tok_per_s > 0
            assert row.sized.chips_per_replica * 0.9 * row.chip.hbm_gb >= model.gb
