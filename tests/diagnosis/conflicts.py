"""Good small cases of two lanes (chip, site, workload, milestone each) and known conflicts planted
in them.

Amounts are those of ``tests.model.small``: one chip serves one million tokens a year and draws 1
kW, so chips, Mtok and kW are the same number.  Every plant leaves its lane short by a quarter at
least, whatever the figures drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.model import small

YEARS = 3
FLOP = 1e12 * 0.5 * 8760.0 * 3600.0
"""FLOP of one chip in a year."""
LANES = ("a", "b")
Expected = tuple[str, str, str]
"""family, kind and name of a limit that a diagnosis must name."""


@dataclass
class Planted:
    """A case being made: tables, settings and the limits that its conflicts are about."""

    tables: dict[str, list[dict[str, Any]]]
    settings: dict[str, Any]
    first: dict[str, float]
    """Mtok of the first year by lane."""
    room: dict[str, float]
    """kW of the lane's site."""
    price: dict[str, float]
    expected: set[Expected] = field(default_factory=set)
    touched: set[tuple[str, int]] = field(default_factory=set)
    """Table and row of the file (the header is row 1) of everything that was planted."""

    def rows(self, table: str, **key: Any) -> list[dict[str, Any]]:
        return [
            row
            for row in self.tables.get(table, [])
            if all(str(row[name]) == str(value) for name, value in key.items())
        ]

    def set(self, table: str, cells: dict[str, Any], **key: Any) -> None:
        rows = self.rows(table, **key)
        assert rows, (table, key)
        for row in rows:
            row.update(cells)
        places = [at for at, row in enumerate(self.tables[table], 2) if any(row is r for r in rows)]
        self.touched |= {(table, at) for at in places}

    def add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)
        self.touched.add((table, len(self.tables[table]) + 1))

    def text(self) -> dict[str, list[dict[str, str]]]:
        """Tables as they are written; every row has every column."""
        done = {}
        for name, rows in self.tables.items():
            columns = list(dict.fromkeys(key for row in rows for key in row))
            done[name] = [{key: str(row.get(key, "")) for key in columns} for row in rows]
        return done


def good(seed: int) -> Planted:
    """A case with room everywhere: three times the power, supply and money that its work needs."""
    random = Random(seed)
    tables: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "chips",
            "sites",
            "power",
            "offers",
            "supply",
            "workloads",
            "demand",
            "throughput",
            "milestones",
            "training",
        )
    }
    made = Planted(
        tables, small.settings(YEARS, discount_rate=random.choice([0.0, 0.1])), {}, {}, {}
    )
    for lane in LANES:
        demand = [random.randint(8, 20), random.randint(8, 20), random.randint(8, 20)]
        room, price = 3.0 * max(demand), float(random.randint(50, 200))
        made.first[lane], made.room[lane], made.price[lane] = float(demand[0]), room, price
        home, spare = f"home_{lane}", f"spare_{lane}"
        tables["chips"].append(small.chip(lane))
        tables["sites"] += [
            small.site(home, kg_co2_per_mwh=400),
            small.site(spare, kg_co2_per_mwh=400),
        ]
        tables["power"] += small.power([home], YEARS, room / 1000.0) + small.power(
            [spare], YEARS, 0.2 * min(demand) / 1000.0
        )
        tables["offers"].append(
            small.offer(
                f"buy_{lane}",
                lane,
                f"{home};{spare}",
                usd_per_chip=price,
                supply_group=f"market_{lane}",
                max_per_period=room * 2,
            )
        )
        tables["supply"] += [
            {
                "supply_group": f"market_{lane}",
                "period": 2025 + t,
                "min_chips": "",
                "max_chips": room,
            }
            for t in range(YEARS)
        ]
        tables["workloads"].append(
            {
                "workload": f"serve_{lane}",
                "kind": random.choice(["online", "batch"]),
                "model": "m",
                "tier": "f",
                "sites": f"{home};{spare}",
            }
        )
        tables["demand"] += small.demand(*map(float, demand), workload=f"serve_{lane}")
        tables["throughput"] += small.throughput(lane)
        tables["milestones"].append(
            {
                "milestone": f"train_{lane}",
                "flop": f"{FLOP * random.randint(2, 4):.6g}",
                "class": f"class_{lane}",
                "start": "2025",
                "deadline": "2026",
                "sites": home,
                "chips": lane,
                "min_chips": "",
            }
        )
        tables["training"].append(
            {
                "class": f"class_{lane}",
                "chip": lane,
                "precision": "bf16",
                "mfu": 0.5,
                "goodput": 1,
                "source": "assumption",
            }
        )
    return made


def power(case: Planted, lane: str) -> None:
    case.set("power", {"mw": 0.4 * case.first[lane] / 1000.0}, site=f"home_{lane}", period=2025)
    case.expected.add(("power", "mw", f"home_{lane}"))


def supply(case: Planted, lane: str) -> None:
    case.set(
        "supply", {"max_chips": 0.5 * case.first[lane]}, supply_group=f"market_{lane}", period=2025
    )
    case.expected.add(("supply", "max_chips", f"market_{lane}"))


def offer(case: Planted, lane: str) -> None:
    case.set("offers", {"max_per_period": 0.5 * case.first[lane]}, offer=f"buy_{lane}")
    case.expected.add(("supply", "offer", f"buy_{lane}"))


def take_or_pay(case: Planted, lane: str) -> None:
    least = 0.9 * case.room[lane]
    case.set("supply", {"min_chips": least}, supply_group=f"market_{lane}", period=2025)
    case.add(
        "limits", limit=f"few_{lane}", scope="chip", member=lane, measure="chips", max=0.75 * least
    )
    case.expected |= {
        ("supply", "min_chips", f"market_{lane}"),
        ("policies", "limit", f"few_{lane}"),
    }


def deadline(case: Planted, lane: str) -> None:
    case.set(
        "milestones",
        {"flop": f"{FLOP * (case.room[lane] - 0.5 * case.first[lane]):.6g}", "deadline": "2025"},
        milestone=f"train_{lane}",
    )
    case.expected.add(("milestones", "deadline", f"train_{lane}"))


def crew(case: Planted, lane: str) -> None:
    case.set(
        "milestones",
        {"min_chips": case.room[lane] - 0.5 * case.first[lane], "flop": f"{FLOP:.6g}"},
        milestone=f"train_{lane}",
    )
    case.expected.add(("milestones", "min_chips", f"train_{lane}"))


def demand(case: Planted, lane: str) -> None:
    case.set(
        "demand", {"output_mtok": 1.4 * case.room[lane]}, workload=f"serve_{lane}", period=2026
    )
    kind = case.rows("workloads", workload=f"serve_{lane}")[0]["kind"]
    case.expected.add(("demand", kind, f"serve_{lane}"))


def research(case: Planted, lane: str) -> None:
    case.add(
        "workloads",
        workload=f"study_{lane}",
        kind="research",
        model=f"class_{lane}",
        tier="",
        sites=f"home_{lane}",
    )
    for t in range(YEARS):
        case.add(
            "demand",
            workload=f"study_{lane}",
            period=2025 + t,
            flop=f"{FLOP * (case.room[lane] - 0.5 * case.first[lane] if t == 0 else 1):.6g}",
        )
    case.expected.add(("demand", "research", f"study_{lane}"))


def share(case: Planted, lane: str) -> None:
    case.add(
        "workloads",
        workload=f"free_{lane}",
        kind="research",
        model=f"class_{lane}",
        tier="",
        sites=f"home_{lane}",
        share_of_fleet=0.9,
    )
    case.expected.add(("demand", "research_share", f"free_{lane}"))


def budget(case: Planted, lane: str) -> None:
    if case.rows("budgets"):
        return
    case.add(
        "budgets",
        period="2025",
        category="capex",
        usd_max=0.6 * sum(case.price[at] * case.first[at] for at in LANES),
    )
    case.expected.add(("budgets", "budget", "capex 2025"))


def cap(case: Planted, lane: str) -> None:
    case.add(
        "limits",
        limit=f"cap_{lane}",
        scope="chip",
        member=lane,
        measure="chips",
        max=0.5 * case.first[lane],
    )
    case.expected.add(("policies", "limit", f"cap_{lane}"))


def carbon(case: Planted, lane: str) -> None:
    case.add(
        "limits",
        limit=f"carbon_{lane}",
        scope="site",
        member=f"home_{lane}",
        measure="carbon",
        max=0.4 * case.first[lane] * 8.76 * 0.4,
        period="2025",
    )
    case.expected.add(("policies", "limit", f"carbon_{lane}"))


def quota(case: Planted, lane: str) -> None:
    """The other lane's vendor may hold only a tenth of the chips."""
    other = LANES[1 - LANES.index(lane)]
    case.add(
        "limits",
        limit=f"second_{lane}",
        scope="vendor",
        member=f"v{other}",
        measure="chips",
        max_share=0.1,
    )
    most = 3.0 * case.first[other]
    case.set("offers", {"max_per_period": most}, offer=f"buy_{lane}")
    case.expected.add(("policies", "limit", f"second_{lane}"))


def site_loss(case: Planted, lane: str) -> None:
    case.set("workloads", {"kind": "online", "survive_site_loss": 0.6}, workload=f"serve_{lane}")
    case.expected.add(("policies", "site_loss", f"serve_{lane}"))


def frozen(case: Planted, lane: str) -> None:
    if case.rows("last_plan"):
        return
    for at in LANES:
        chips = 0.5 * case.first[at] if at == lane else 1.4 * case.first[at]
        case.add(
            "last_plan",
            offer=f"buy_{at}",
            site=f"home_{at}",
            order_period=2025,
            chips=chips,
            action="buy",
            status="new",
        )
    case.settings["frozen_periods"] = 1
    case.expected.add(("policies", "frozen", "last plan"))


def rule(case: Planted, lane: str) -> None:
    first = case.first[lane]
    case.set("demand", {"output_mtok": 2.5 * first}, workload=f"serve_{lane}", period=2027)
    case.set("offers", {"max_per_period": 1.5 * first}, offer=f"buy_{lane}")
    case.add("rules", chip=lane, **{"from": "2026"}, reason=f"no more {lane}")
    case.expected.add(("policies", "rule", f"no more {lane}"))


PLANTS: dict[str, Callable[[Planted, str], None]] = {
    plant.__name__: plant
    for plant in (
        power,
        supply,
        offer,
        take_or_pay,
        deadline,
        crew,
        demand,
        research,
        share,
        budget,
        cap,
        carbon,
        quota,
        site_loss,
        frozen,
        rule,
    )
}


def planted(seed: int, *names: str) -> Planted:
    """A good case with one conflict in the first lane, and a second one in the other."""
    case = good(seed)
    for lane, name in zip(LANES, names, strict=False):
        PLANTS[name](case, lane)
    return case
