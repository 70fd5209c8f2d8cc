"""What the tables of a case say, looked up one cell at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from planner.case.case import Case

BURST = ("on_demand", "spot")
CONTRACTS = ("lease", "reserved", "reserved_1y", "reserved_3y", "capacity_block")


def blank(cell: Any) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


def filled(cell: Any, otherwise: float) -> float:
    return otherwise if blank(cell) else float(cell)


def between(points: list[tuple[float, float]], x: float) -> float:
    """Linear in between, flat outside."""
    points = sorted(points)
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


class Facts:
    """A case as dicts of rows, with the look-ups that the equations need."""

    def __init__(self, case: Case) -> None:
        self.case, self.settings, self.calendar = case, case.settings, case.calendar
        self.T, self.ppy, self.r = (
            self.calendar.count,
            self.calendar.ppy,
            self.settings.discount_rate,
        )
        self.periods = range(self.T)
        self.hours = [float(h) for h in self.calendar.hours]
        self.share = {s.name: s.hours_share for s in self.settings.slices}
        self.slices = list(self.share)
        rows: dict[str, Any] = {
            name: frame.to_dict("records") for name, frame in case.tables.items()
        }
        self.rows = rows
        self.chosen: Mapping[str, Mapping[str, str]] = {}
        """Site and chip type of runs that use one of several, by milestone."""
        self.chips = {row["chip"]: row for row in rows["chips"]}
        self.sites = {row["site"]: row for row in rows["sites"]}
        self.offers = {row["offer"]: row for row in rows["offers"]}
        self.workloads = {row["workload"]: row for row in rows["workloads"]}
        self.milestones = {row["milestone"]: row for row in rows["milestones"]}
        self.throughput = {
            (row["model"], row["tier"], row["chip"]): row for row in rows["throughput"]
        }
        self.training = {(row["class"], row["chip"]): row for row in rows["training"]}
        self.demand = {(row["workload"], row["period"]): row for row in rows["demand"]}
        self.load = {(row["profile"], row["slice"]): row["load"] for row in rows["profiles"]}
        self.prices = {(row["offer"], row["period"]): row for row in rows["offer_prices"]}
        self.energy = {(row["site"], row["period"], row["slice"]): row for row in rows["energy"]}
        self.power = {(row["site"], row["period"]): row for row in rows["power"]}
        self.curves: dict[str, dict[str, list[tuple[float, float]]]] = {
            "resale": {},
            "survival": {},
            "maintenance": {},
        }
        for table, column in (
            ("resale", "share_of_price"),
            ("survival", "share_alive"),
            ("maintenance", "usd_per_chip_year"),
        ):
            for row in rows[table]:
                self.curves[table].setdefault(row["chip"], []).append(
                    (row["age_years"], row[column])
                )

    def start(self, t: float) -> float:
        return float((1 + self.r) ** (-t / self.ppy))

    def mid(self, t: int) -> float:
        return float((1 + self.r) ** (-(t + 0.5) / self.ppy))

    def own(self, site: str) -> bool:
        return bool(self.sites[site]["kind"] != "cloud")

    def price(self, offer: str, t: int, column: str) -> float:
        """Price of an offer in a period, 0 where there is none."""
        special = self.prices.get((offer, t))
        if special is not None and not blank(special[column]):
            return float(special[column])
        return filled(self.offers[offer][column], 0.0)

    def at_site(self, site: str, t: int, k: str, column: str) -> float:
        """Energy price, carbon or demand charge; cloud sites have none of their own."""
        if not self.own(site):
            return 0.0
        for name in (k, "*"):
            row = self.energy.get((site, t, name))
            if row is not None and not blank(row[column]):
                return float(row[column])
        return float(self.sites[site][column])

    def works(self, chip: str, site: str, t: int, k: str) -> float:
        """Share of the powered chips that can work."""
        windows = [
            row["availability"]
            for row in self.rows["availability"]
            if row["chip"] in ("", chip) and row["site"] in ("", site) and row["slice"] in ("", k)
            if row["from"] <= t <= row["to"]
        ]
        return float(min(windows, default=self.chips[chip]["availability"]))

    def demand_charge(self, site: str, t: int) -> float:
        return max(self.at_site(site, t, k, "usd_per_kw_month_demand") for k in self.slices)

    def maintenance(self, chip: str, age: float) -> float:
        """USD per chip and year at an age in years."""
        steps = [
            row for row in sorted(self.curves["maintenance"].get(chip, [])) if row[0] <= age + 1e-12
        ]
        if chip in self.curves["maintenance"]:
            return steps[-1][1]
        return float(self.chips[chip]["maintenance_usd_per_chip_year"])

    def gain(self, model: str, chip: str, t: int) -> float:
        rows = [row for row in self.rows["gains"] if row["model"] == model]
        mine = [row for row in rows if row["chip"] == chip] or [
            row for row in rows if row["chip"] == "*"
        ]
        past = [row for row in mine if row["period"] <= t]
        return float(max(past, key=lambda row: row["period"])["gain"]) if past else 1.0

    def forbidden(
        self, chip: str, site: str, t: int, workload: str = "", milestone: str = ""
    ) -> bool:
        """Whether a rule forbids that work or, without work, ordering or renting."""
        place = self.sites[site]
        for row in self.rows["rules"]:
            if not row["from"] <= t <= row["to"] or bool(
                row["workload"] or row["milestone"]
            ) != bool(workload or milestone):
                continue
            facts = {
                "chip": chip,
                "vendor": self.chips[chip]["vendor"],
                "site": site,
                "region": place["region"],
                "country": place["country"],
                "workload": workload,
                "milestone": milestone,
            }
            if all(row[column] in ("", value) for column, value in facts.items()):
                return True
        return False

    def window(self, text: str) -> list[int]:
        """Periods of a period, a fiscal year or (blank) the whole plan."""
        if text == "":
            return list(self.periods)
        if text.startswith("FY"):
            return [t for t in self.periods if self.calendar.fiscal_year(t) == int(text[2:])]
        return [t for t in self.periods if self.calendar.label(t) == text]

    def work_token(self, workload: str) -> str:
        output = sum(
            row["output_mtok"] for (name, _), row in self.demand.items() if name == workload
        )
        return "output_mtok" if output > 0 else "input_mtok"

    def block(self, workload: str, t: int) -> list[int]:
        """Periods whose demand may be served in t: its own, or its whole window for batch work."""
        return [u for u in self.window_of(workload, t) if u >= 0]

    def window_of(self, workload: str, t: int) -> list[int]:
        """The same with the periods of an open window that have passed, which are negative."""
        row = self.workloads[workload]
        length = int(row["window_periods"]) if row["kind"] == "batch" else 1
        start = int(filled(row["window_start"], 0))
        first = (t - start) // length * length + start
        return [u for u in range(first, first + length) if u < self.T]

    def rate(self, workload: str, chip: str, t: int) -> float | None:
        """Million work tokens per second of one chip; None where it cannot serve or there is
        nothing to serve."""
        row = self.workloads[workload]
        measured = self.throughput.get((row["model"], row["tier"], chip))
        if measured is None:
            return None
        mix = {
            kind: sum(self.demand[workload, u][f"{kind}_mtok"] for u in self.window_of(workload, t))
            for kind in ("output", "input", "cached")
        }
        work = mix[self.work_token(workload).removesuffix("_mtok")]
        if work <= 0:
            return None
        seconds = sum(
            tokens * 1e6 / measured[f"{kind}_tok_per_s"]
            for kind, tokens in mix.items()
            if not blank(measured[f"{kind}_tok_per_s"])
        )
        gain = self.gain(row["model"], chip, t) * measured["calibration"]
        return float(gain * work / seconds)

    def flop_rate(self, training_class: str, chip: str) -> float | None:
        """FLOP per second of one chip; None where the chip has no row of the class."""
        row = self.training.get((training_class, chip))
        if row is None:
            return None
        return float(
            self.chips[chip][f"peak_tflops_{row['precision']}"] * 1e12 * row["mfu"] * row["goodput"]
        )
