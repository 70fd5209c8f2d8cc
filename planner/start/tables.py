"""The tables of a new case: figures of the library with their sources, and what only its owner
knows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Final

from planner.case.convert import TO_FILL
from planner.library.rates import Rate, rate
from planner.library.read import Row, newest, where
from planner.start.asked import Asked

REQUIRED: Final = TO_FILL
TIER: Final = "standard"
UTILISATION: Final = "0.7"
MARKUP: Final = 10.0
"""Times the price of the market that a token not served costs: served wherever it can be."""
UNKNOWN_SHORT: Final = 100.0
"""The same, USD/Mtok, where no market price is known."""
WEIGHTS_SHARE: Final = 0.9
_WEEKS: Final = {"quarter": 13.0, "month": 52 / 12, "year": 52.0}
_CONTRACTS: Final = {"on_demand": "od", "reserved_1y": "1y", "reserved_3y": "3y"}
_DISCOUNT: Final = {"reserved_1y": 0.3, "reserved_3y": 0.47}
"""What a commitment takes off the price on demand, where a cloud does not say; an assumption."""
MOST_DEARER: Final = 2.5
"""Times the price of the market at which a cloud is assumed to rent out a chip that it does not
list, at most."""
_SELLERS: Final = {"Google": ("gcp",), "AWS": ("aws",)}
"""Clouds that alone rent out a vendor's chips; those of others are offered by any cloud that lists
them, NVIDIA's by all."""

Cells = dict[str, str]
Rows = list[Cells]


def tables(asked: Asked) -> dict[str, Rows]:
    """Return the tables of a case, by name, each row by column; a table without rows is left
    out."""
    found = {
        "chips": [_chip(chip) for chip in asked.chips],
        "sites": _sites(asked),
        "power": _power(asked),
        "offers": [*_purchases(asked), *_rentals(asked)],
        "fleet": _fleet(asked),
        "workloads": [_workload(model) for model in asked.models],
        "demand": _demand(asked),
        "throughput": [_rate(model, chip) for model in asked.models for chip in asked.chips],
        "models": [row for model in asked.models if (row := _model(model))],
    }
    return {name: rows for name, rows in found.items() if rows}


def _chip(chip: str) -> Cells:
    is_, lives = _one("chips", chip=chip), _one("lives", chip=chip)
    draws = _one("power", chip=chip, basis="all-in")
    idle = _one("power", chip=chip, basis="idle")
    kept = ("annual_attrition", "maintenance_usd_per_chip_year", "decommission_usd_per_chip")
    return {
        "chip": chip,
        "vendor": is_["vendor"],
        "family": is_["family"],
        "kw_peak": draws["kw_per_chip"],
        "kw_idle": idle["kw_per_chip"],
        "peak_tflops_bf16": is_["peak_tflops_bf16"],
        "peak_tflops_fp8": is_["peak_tflops_fp8"],
        "peak_tflops_fp4": is_["peak_tflops_fp4"],
        "hbm_gb": is_["hbm_gb"],
        "hbm_gb_per_s": is_["hbm_gb_per_s"],
        "cooling": is_["cooling"],
        "lot_size": is_["rack_chips"],
        "availability": lives["availability"],
        "economic_life_years": lives["economic_life_years"],
        "book_life_years": lives["book_life_years"],
        **{name: lives[name] or "0" for name in kept},
        "source": f"{is_['source']}; power: {draws['source']}; idle, lives, upkeep: assumption",
        "as_of": min(row["as_of"] for row in (is_, draws, lives)),
    }


def _sites(asked: Asked) -> Rows:
    """Return sites of one's own, then a region of each cloud."""
    pue, space = _one("pue", operator="new-hall"), _one("buildings", item="space")
    rows = []
    for site in asked.sites:
        price, carbon = _of_place("energy", site.place), _of_place("carbon", site.place)
        sources = [
            f"price: {price['source']}" if price else "",
            f"carbon: {carbon['source']}" if carbon else "",
            "PUE, space: assumption",
        ]
        rows.append(
            {
                "site": site.name,
                "region": (price or carbon or {"country": ""})["country"].lower(),
                "country": (price or carbon or {"country": ""})["country"],
                "kind": "owned",
                "pue": pue["pue"],
                "usd_per_mwh": price["usd_per_mwh"] if price else REQUIRED,
                "kg_co2_per_mwh": carbon["kg_co2_per_mwh"] if carbon else "",
                "usd_per_kw_month": space["usd_per_kw_month"],
                "source": "; ".join(filter(None, sources)),
                "as_of": min(row["as_of"] for row in (price, carbon, pue) if row),
            }
        )
    for cloud in asked.clouds:
        row = dict.fromkeys(rows[0], "") if rows else {}
        row |= {"site": cloud, "region": "us", "country": "US", "kind": "cloud"}
        row |= {"source": "provider region", "as_of": max(r["as_of"] for r in newest("clouds"))}
        rows.append(row)
    return rows


def _power(asked: Asked) -> Rows:
    periods = dict.fromkeys(asked.calendar.labels, REQUIRED)
    return [{"site": site.name, "measure": "mw", **periods} for site in asked.sites]


def _fleet(asked: Asked) -> Rows:
    """Return one lot to begin with, of a chip that can be had at a site of one's own."""
    bought = [chip for chip in asked.chips if _price(chip)]
    if not asked.sites or not bought:
        return []
    lot = {"chip": bought[0], "site": asked.sites[0].name}
    return [{**lot, "in_service": REQUIRED, "chips": REQUIRED}]


def _purchases(asked: Asked) -> Rows:
    rows = []
    for chip in asked.chips if asked.sites else ():
        price, racks = _price(chip), float(_one("chips", chip=chip)["rack_chips"]) >= 32
        if price:
            weeks = _one("lead_times", item="racks of 72" if racks else "servers of 8")["weeks"]
            sites = ";".join(site.name for site in asked.sites)
            rows.append(
                _offer(f"buy-{chip}", chip, sites, "purchase")
                | {"lead_periods": _periods(asked, float(weeks))}
                | {"usd_per_chip": price["usd_per_chip"]}
                | {"source": price["source"], "as_of": price["as_of"]}
            )
    return rows


def _rentals(asked: Asked) -> Rows:
    rows = []
    for cloud in asked.clouds:
        for chip in asked.chips:
            for contract, short in _CONTRACTS.items():
                price = _rent(cloud, chip, contract)
                if not price:
                    continue
                lead = 0 if contract == "on_demand" else 13
                rows.append(
                    _offer(f"{cloud}-{chip}-{short}", chip, cloud, contract)
                    | {"lead_periods": _periods(asked, lead)}
                    | {"usd_per_chip_hour": price["usd_per_chip_hour"]}
                    | {"source": price["source"], "as_of": price["as_of"]}
                )
    return rows


def _offer(offer: str, chip: str, sites: str, kind: str) -> Cells:
    columns = ("lead_periods", "usd_per_chip", "usd_per_chip_hour", "source", "as_of")
    named = {"offer": offer, "chip": chip, "site": sites, "kind": kind}
    return {**named, **dict.fromkeys(columns, "")}


def _workload(model: str) -> Cells:
    prices = [float(row["output_usd_per_mtok"]) for row in where("tokens", model=model)]
    short = MARKUP * min(prices) if prices else UNKNOWN_SHORT
    market = f"ten times the {min(prices):g} of the market" if prices else "no price is known"
    return {
        "workload": model,
        "kind": "online",
        "model": model,
        "tier": TIER,
        "utilisation_cap": UTILISATION,
        "short_usd_per_mtok": f"{short:g}",
        "note": f"assumption: 0.7 leaves room for queues; price of not serving: {market}",
    }


def _demand(asked: Asked) -> Rows:
    periods = dict.fromkeys(asked.calendar.labels, REQUIRED)
    return [{"workload": model, "measure": "output_mtok", **periods} for model in asked.models]


def _rate(model: str, chip: str) -> Cells:
    known: Rate | None = rate(model, chip)
    row = {"model": model, "tier": TIER, "chip": chip}
    if known is None:
        blank = dict.fromkeys(("chips_per_replica", "low", "high", "source", "as_of", "note"), "")
        return {**row, "output_tok_per_s": REQUIRED, **blank}
    return {
        **row,
        "output_tok_per_s": f"{known.output_tok_per_s:g}",
        "chips_per_replica": _replica(model, chip),
        "low": f"{known.low:g}",
        "high": f"{known.high:g}",
        "source": known.source,
        "as_of": known.as_of,
        "note": known.note,
    }


def _model(model: str) -> Cells | None:
    found = where("models", model=model)
    if not found:
        return None
    return {
        "model": model,
        "params_b": found[0]["params_b"],
        "bytes_per_param": found[0]["bytes_per_param"],
        "memory_share": f"{WEIGHTS_SHARE:g}",
        "source": f"{found[0]['source']}; bytes and share: assumption",
        "as_of": found[0]["as_of"],
    }


def _replica(model: str, chip: str) -> str:
    """Return the chips that hold a model, as a power of two; blank where its size is not known."""
    found = where("models", model=model)
    if not found:
        return ""
    gb = float(found[0]["params_b"]) * float(found[0]["bytes_per_param"])
    chips = gb / (WEIGHTS_SHARE * float(_one("chips", chip=chip)["hbm_gb"]))
    return str(2 ** max(0, math.ceil(math.log2(chips))))


def _price(chip: str) -> Row | None:
    """Return what a chip costs until it works; None where it is not sold."""
    found = where("prices", chip=chip, includes="installed")
    return found[0] if found and "buy" in _one("chips", chip=chip)["sold"] else None


def _rent(cloud: str, chip: str, contract: str) -> Cells | None:
    """Return what a cloud asks for a chip: its own price, in the United States where it says so;
    else its price on demand less a discount; else what is assumed of any cloud, where that rents
    the chip out."""
    own = where("clouds", provider=cloud, chip=chip, contract=contract)
    if own:
        return dict(min(own, key=lambda row: (not row["region"].startswith("us"), row["region"])))
    hourly = where("clouds", provider=cloud, chip=chip, contract="on_demand")
    if hourly:
        price = min(hourly, key=lambda row: (not row["region"].startswith("us"), row["region"]))
        less = _DISCOUNT[contract]
        return {
            "usd_per_chip_hour": f"{float(price['usd_per_chip_hour']) * (1 - less):.3g}",
            "source": f"assumption: its {price['usd_per_chip_hour']} on demand less {less:.0%}",
            "as_of": price["as_of"],
        }
    vendor = _one("chips", chip=chip)["vendor"]
    if cloud in _SELLERS.get(vendor, ()) or vendor == "NVIDIA":
        assumed = where("clouds", provider="any", chip=chip, contract=contract)
        return _dearer(cloud, dict(assumed[0])) if assumed else None
    return None


def _dearer(cloud: str, price: Cells) -> Cells:
    """Return what is assumed of any cloud, as much dearer as this one is for the chip of the same
    vendor that is most like it."""
    vendor = _one("chips", chip=price["chip"])["vendor"]
    listed = [
        row
        for row in where("clouds", provider=cloud, contract="on_demand")
        if _one("chips", chip=row["chip"])["vendor"] == vendor
    ]
    if not listed:
        return price
    like = min(listed, key=lambda row: abs(_bandwidth(row["chip"]) - _bandwidth(price["chip"])))
    asked = where("clouds", chip=like["chip"], contract="on_demand")
    market = statistics.median_low(float(row["usd_per_chip_hour"]) for row in asked)
    times = min(MOST_DEARER, max(1.0, float(like["usd_per_chip_hour"]) / market))
    if times == 1.0:
        return price
    return price | {
        "usd_per_chip_hour": f"{float(price['usd_per_chip_hour']) * times:.3g}",
        "source": f"{price['source']}; {times:.2g} times, as {cloud} asks for {like['chip']} "
        "beside the market",
    }


def _bandwidth(chip: str) -> float:
    return float(_one("chips", chip=chip)["hbm_gb_per_s"])


def _periods(asked: Asked, weeks: float) -> str:
    """Return weeks as whole periods, rounded up."""
    return str(math.ceil(weeks / _WEEKS[asked.calendar.frequency]))


def _of_place(topic: str, place: str) -> Row | None:
    found: Sequence[Row] = where(topic, place=place)
    return found[0] if found else None


def _one(topic: str, **cells: str) -> Row:
    return where(topic, **cells)[0]
