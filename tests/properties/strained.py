"""Random cases that ask for more chips than their work does.

Shares of spend, chips, power and carbon, charges for changes, attrition, research that takes nearly
all of the fleet, floors and rentals: what limits of this kind make necessary has nothing to do with
what the work needs, and any bound that is worked out from the work is wrong for some of them.

Every family is drawn from a stream of its own, so that a new one leaves old cases as they are.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.model.small import ONE
from tests.strategies import level

Row = dict[str, Any]
NOTED = {"source": "assumption", "as_of": "2026-10-01"}
PLACES = {"home": ("r1", "US"), "away": ("r2", "DE"), "sky": ("r3", "US")}


class Drawn:
    """One family's stream."""

    def __init__(self, seed: int, family: str) -> None:
        self.random = Random(f"{seed}:{family}")

    def some(self, tenths: int) -> bool:
        return self.random.randint(1, 10) <= tenths

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def number(self, low: float, high: float) -> float:
        return float(f"{low + (high - low) * self.random.random():.3g}")


def strained(seed: int) -> tuple[dict[str, list[dict[str, str]]], dict[str, Any]]:
    """Tables and settings of a case: one to three years, chips a and b that need work each."""
    d = Drawn(seed, "frame")
    periods, slices = d.pick(1, 2, 3), d.pick(["all"], ["all"], ["day", "night"])
    sites = d.pick(["home"], ["home", "sky"], ["home", "away", "sky"], ["home", "away"])
    labels = [str(2025 + t) for t in range(periods)]
    tables: dict[str, list[Row]] = {}
    _places(tables, seed, sites, labels, slices)
    _chips(tables, seed)
    _offers(tables, seed, sites, labels)
    _work(tables, seed, sites, labels, slices)
    _shares(tables, seed, sites, labels)
    _kept(tables, seed, sites, labels)
    d = Drawn(seed, "settings")
    settings: dict[str, Any] = {
        "name": "strained",
        "start": "2025",
        "periods": periods,
        "frequency": "year",
        "discount_rate": d.pick(0.0, 0.1),
        "residual": d.pick("none", "none", "annuity", "straight_line"),
        "slices": [
            {"name": name, "hours_share": share}
            for name, share in zip(slices, [0.25, 0.75] if len(slices) == 2 else [1.0], strict=True)
        ],
    }
    if tables["last_plan"]:
        settings |= {
            "change_usd_per_chip": d.pick(0, 10, 1000, 100000),
            "frozen_periods": d.pick(0, 0, 1),
        }
    if d.some(3):
        settings["carbon_usd_per_tonne"] = d.number(1, 100)
    text = {
        name: level(
            [{key: str(cell) for key, cell in row.items() if cell is not None} for row in rows]
        )
        for name, rows in tables.items()
        if rows
    }
    return text, settings


def _places(
    tables: dict[str, list[Row]], seed: int, sites: list[str], labels: list[str], slices: list[str]
) -> None:
    d = Drawn(seed, "places")
    tables["sites"], tables["power"], tables["power_projects"] = [], [], []
    tables["energy"] = []
    for site in sites:
        region, country = PLACES[site]
        row: Row = {"site": site, "region": region, "country": country, "source": "assumption"}
        if site == "sky":
            tables["sites"].append(row | {"kind": "cloud"})
            continue
        own = {
            "kind": "owned",
            "pue": d.pick(1, 1.3),
            "power_basis": "it",
            "usd_per_mwh": d.pick(0, 50, 50, 200),
            "kg_co2_per_mwh": d.pick(0, 100, 400),
        }
        if d.some(2):
            own["usd_per_kw_month_demand"] = d.number(1, 20)
        tables["sites"].append(row | own)
        tight = d.some(2)
        for t in labels:
            tables["power"].append({"site": site, "period": t, "mw": 0.05 if tight else 1e5})
        if tight or d.some(2):
            tables["power_projects"].append(
                {
                    "project": f"p_{site}",
                    "site": site,
                    "mw_max": d.pick(0.1, 1000),
                    "lead_periods": 0,
                    "usd_per_mw": d.number(1e4, 1e6),
                    "life_years": 10,
                }
                | NOTED
            )
    if d.some(2):  # energy that somebody pays for being taken off
        for t in labels:
            tables["energy"].append(
                {"site": "home", "period": t, "slice": slices[0], "usd_per_mwh": -d.number(1, 60)}
            )


def _chips(tables: dict[str, list[Row]], seed: int) -> None:
    d = Drawn(seed, "chips")
    tables["chips"], tables["survival"], tables["resale"] = [], [], []
    for name in ("a", "b"):
        chip: Row = {
            "chip": name,
            "vendor": f"v{name}",
            "kw_peak": d.pick(0.5, 1, 2),
            "kw_idle": d.pick(0, 0, 0.3),
            "peak_tflops_bf16": 1,
            "availability": d.pick(1, 0.9),
            "economic_life_years": d.pick(1, 2, 5),
        } | NOTED
        if d.some(3):
            chip["annual_attrition"] = d.pick(0.1, 0.9, 0.99)
        elif d.some(2):
            tables["survival"] += [
                {"chip": name, "age_years": age, "share_alive": share} | NOTED
                for age, share in ((0, 1), (1, d.pick(0.5, 0.01)), (3, 0.005))
            ]
        if d.some(3):
            tables["resale"] += [
                {"chip": name, "age_years": age, "share_of_price": share} | NOTED
                for age, share in ((0, d.pick(0.5, 0.9, 1)), (5, 0.1))
            ]
        tables["chips"].append(chip)


def _offers(tables: dict[str, list[Row]], seed: int, sites: list[str], labels: list[str]) -> None:
    d = Drawn(seed, "offers")
    own = [site for site in sites if site != "sky"]
    tables["offers"], tables["supply"], tables["fleet"] = [], [], []
    for chip in ("a", "b"):
        kinds = d.pick(["purchase"], ["purchase"], ["purchase", "lease"], ["lease"])
        if "sky" in sites and d.some(7):
            kinds = [*kinds, d.pick("on_demand", "spot", "reserved")]
        if "sky" in sites and d.some(2):
            kinds = ["on_demand"]
        for kind in kinds:
            cloud = kind in ("on_demand", "spot", "reserved")
            row: Row = {
                "offer": f"{kind}_{chip}",
                "chip": chip,
                "site": "sky" if cloud else d.pick(*own, "*"),
                "kind": kind,
                "lead_periods": 1 if kind == "lease" and d.some(2) else 0,
            } | NOTED
            row["lead_periods"] = min(row["lead_periods"], len(labels) - 1)
            if kind == "purchase":
                row |= {"usd_per_chip": d.number(1, 40000), "retire_early": d.pick("no", "yes")}
            if kind != "purchase":
                row["usd_per_chip_hour"] = d.number(0.001, 4)
            if kind in ("lease", "reserved"):
                row |= {"term_periods": d.pick(1, 2), "cancellable": d.pick("no", "yes")}
            if d.some(2):
                row["last_order"] = labels[0]
            if d.some(1):
                row["min_per_period"] = d.pick(1, 3000)
            if d.some(1):
                row["max_per_period"] = 100000
            tables["offers"].append(row)
    if d.some(2):
        for row in tables["offers"]:
            if d.some(6):
                row["supply_group"] = "g"
        if any("supply_group" in row for row in tables["offers"]):
            tables["supply"] = [
                {"supply_group": "g", "period": t, "min_chips": d.pick(0, 1, 5000)} for t in labels
            ]
    if d.some(4):
        tables["fleet"].append(
            {
                "chip": "a",
                "site": "home",
                "in_service": 2024,
                "leaves_service": d.pick(2026, 2030),
                "chips": d.pick(5, 1000),
                "retire_early": d.pick("no", "yes"),
            }
        )
        if "away" in sites and d.some(7):
            tables["offers"].append(
                {
                    "offer": "move",
                    "chip": "a",
                    "site": "away",
                    "from_site": "home",
                    "kind": "relocate",
                    "lead_periods": 0,
                    "usd_per_chip": d.number(1, 1000),
                }
                | NOTED
            )


def _work(
    tables: dict[str, list[Row]], seed: int, sites: list[str], labels: list[str], slices: list[str]
) -> None:
    d = Drawn(seed, "work")
    for name in ("workloads", "demand", "throughput", "training", "milestones", "profiles"):
        tables[name] = []
    if len(slices) == 2 and d.some(6):
        tables["profiles"] = [
            {"profile": "p", "slice": k, "load": load} | NOTED
            for k, load in (("day", 2.2), ("night", 0.6))
        ]
    for chip in ("a", "b") if d.some(6) else ("a",):
        kind = d.pick("online", "online", "batch")
        row: Row = {"workload": f"w{chip}", "kind": kind, "model": f"m{chip}", "tier": "f"}
        if d.some(4):
            row["short_usd_per_mtok"] = d.number(100, 100000)
        if kind == "online" and tables["profiles"]:
            row["profile"] = "p"
        if kind == "online" and len(sites) > 1 and d.some(2):
            row |= {"survive_site_loss": 0.5, "short_usd_per_mtok": None}
        tables["workloads"].append(row)
        for t in labels:
            tables["demand"].append(
                {"workload": f"w{chip}", "period": t, "output_mtok": d.pick(0, 1, 10, 1000)}
            )
        for one in (chip, "b") if chip == "a" and d.some(2) else (chip,):
            tables["throughput"].append(
                {
                    "model": f"m{chip}",
                    "tier": "f",
                    "chip": one,
                    "output_tok_per_s": ONE,
                    "kw_active": d.pick(None, 0.5),
                    "source": "assumption",
                }
            )
    if not any("profile" in row for row in tables["workloads"]):
        tables["profiles"] = []
    research = d.pick(None, None, "share_of_fleet", "share_of_fleet", "multiple_of_milestones")
    milestone = research == "multiple_of_milestones" or d.some(2)
    if research or milestone:
        tables["training"] = [
            {"class": "c", "chip": c, "precision": "bf16", "mfu": 0.5, "goodput": 1}
            | {"source": "assumption"}
            for c in ("a", "b")
        ]
    if milestone:
        run: Row = {
            "milestone": "run",
            "flop": d.number(1, 20) * 1e12 * 8760 * 3600,
            "class": "c",
            "deadline": d.pick(*labels),
            "sites": d.pick(*sites),
            "chips": "a",
            "interruptible": d.pick("no", "yes"),
        }
        if d.some(4):
            run["late_usd_per_period"] = d.number(1e3, 1e7)
        if d.some(3):
            run["min_chips"] = d.pick(1, 500)
        tables["milestones"].append(run)
    if research:
        size = d.pick(0.05, 0.5, 0.9, 0.99, 0.999)
        if research == "multiple_of_milestones":
            size = d.pick(0.1, 5, 200)
        tables["workloads"].append(
            {"workload": "study", "kind": "research", "model": "c", research: size}
        )


def _shares(tables: dict[str, list[Row]], seed: int, sites: list[str], labels: list[str]) -> None:
    d = Drawn(seed, "shares")
    tables["limits"], tables["budgets"] = [], []
    for i in range(d.pick(1, 1, 1, 2, 3)):
        scope = d.pick("vendor", "vendor", "chip", "site", "region", "country")
        member = {
            "vendor": d.pick("va", "vb"),
            "chip": d.pick("a", "b"),
            "site": d.pick(*sites),
        }.get(scope, PLACES[sites[-1]][scope == "country"])
        side = d.pick("min_share", "max_share")
        share = d.pick(0.05, 0.3, 0.5, 0.9, 0.95, 0.999 if side == "min_share" else 0.01)
        row: Row = {
            "limit": f"l{i}",
            "scope": scope,
            "member": member,
            "measure": d.pick("spend", "spend", "chips", "power", "carbon"),
            side: share,
            "period": d.pick("", "", labels[0]),
        }
        if d.some(4):
            row["over_usd_per_unit"] = d.pick(0.5, 2, 5, 1e4, 1e6)
        tables["limits"].append(row)
    if d.some(2):
        tables["budgets"].append(
            {
                "period": labels[0],
                "category": d.pick("capex", "opex", "all"),
                "usd_max": d.pick(1e4, 1e6, 1e9),
                "over_usd_per_usd": d.pick(None, 0.5, 0.5),
            }
        )


def _kept(tables: dict[str, list[Row]], seed: int, sites: list[str], labels: list[str]) -> None:
    """A last plan that ordered far more than is needed now."""
    d = Drawn(seed, "kept")
    tables["last_plan"] = []
    if not d.some(4):
        return
    actions = {"purchase": "buy", "lease": "lease", "reserved": "reserve"}
    for row in tables["offers"]:
        if row["kind"] in actions and row["lead_periods"] == 0 and d.some(7):
            tables["last_plan"].append(
                {
                    "offer": row["offer"],
                    "site": sites[0] if row["site"] == "*" else row["site"],
                    "order_period": labels[0],
                    "chips": d.pick(1, 100, 5000),
                    "action": actions[row["kind"]],
                    "status": "new",
                }
            )
