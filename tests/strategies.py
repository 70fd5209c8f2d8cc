"""Tiny random cases, as dicts of tables and settings that ``tests.helpers.write_case`` writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.properties.drawn_books import draw_books
from tests.properties.drawn_done import draw_done, draw_used
from tests.properties.drawn_holdings import draw_holdings, draw_power_orders
from tests.properties.drawn_memory import draw_memory
from tests.properties.drawn_policies import draw_policies
from tests.properties.drawn_ways import draw_ways
from tests.properties.drawn_whole import draw_whole
from tests.properties.drawn_work import draw_work

Row = dict[str, Any]
Tables = dict[str, list[dict[str, str]]]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass
class Frame:
    """What every part of a case must agree on."""

    random: Random
    seed: int
    """Of the whole case."""
    frequency: str
    periods: int
    slices: list[str]
    home: list[str]
    clouds: list[str]
    chips: list[str]

    def of(self, family: str) -> Frame:
        """The frame with a stream of its own: what another family draws changes nothing here."""
        return replace(self, random=Random(f"{self.seed} {family}"))

    def some(self, tenths: int) -> bool:
        return self.random.randint(1, 10) <= tenths

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def number(self, low: float, high: float) -> float:
        """One of 101 figures between two, of at most four digits."""
        return float(f"{low + (high - low) * self.random.randint(0, 100) / 100:.4g}")

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    @property
    def places(self) -> list[str]:
        return self.home + self.clouds

    @property
    def quarters(self) -> int:
        """Quarters in a period."""
        return 1 if self.frequency == "quarter" else 4

    def label(self, t: int) -> str:
        return f"{2027 + t // 4}Q{t % 4 + 1}" if self.frequency == "quarter" else f"{2027 + t}"

    def date(self, t: int) -> str:
        """A day inside a period."""
        return (
            f"{2027 + t // 4}-{t % 4 * 3 + 2:02d}-15"
            if self.frequency == "quarter"
            else f"{2027 + t}-05-15"
        )


@st.composite
def cases(
    draw: Draw, whole: tuple[str, ...] = (), ways: tuple[str, ...] = ()
) -> tuple[Tables, dict[str, Any]]:
    """Tables and settings of a tiny case, with some kinds of ``whole`` things and some ``ways`` to
    get capacity; ``read_case`` may refuse a few of them."""
    # one true random source instead of hundreds of draws: hypothesis repeats parts of earlier
    # examples, and few of 25 cases would differ
    seed = draw(st.randoms(use_true_random=True)).getrandbits(64)
    if whole:  # other cases for other kinds
        seed = Random(f"{seed} {whole}").getrandbits(64)
    if ways:
        seed = Random(f"{seed} {ways}").getrandbits(64)
    random = Random(f"{seed} frame")
    home, clouds = random.choice(
        [
            (["home"], []),
            (["home"], ["sky"]),
            (["home", "away"], []),
            (["home", "away"], ["sky"]),
            ([], ["sky"]),
            (["home"], ["sky", "blue"]),
        ]
    )
    frame = Frame(
        random,
        seed,
        random.choice(["quarter", "year"]),
        random.randint(2, 4),
        random.choice([["day", "night"], ["all"]]),
        home,
        clouds,
        ["a", "b", "c"][: random.randint(1, 3)],
    )
    tables: dict[str, list[Row]] = {
        "chips": [draw_chip(frame.of(f"chip {name}"), name) for name in frame.chips],
        "sites": [draw_site(frame.of(f"site {name}"), name) for name in frame.places],
    }
    draw_power(frame.of("power"), tables)
    draw_fleet(frame.of("fleet"), tables)
    draw_offers(frame.of("offers"), tables)
    draw_supply(frame.of("supply"), tables)
    draw_work(frame.of("work"), tables)
    draw_curves(frame.of("curves"), tables)
    draw_policies(frame.of("policies"), tables)
    frame = frame.of("settings")
    settings = {
        "name": "random",
        "start": frame.label(0),
        "periods": frame.periods,
        "frequency": frame.frequency,
        "discount_rate": frame.pick(0.0, 0.08, 0.15),
        "residual": frame.pick("annuity", "straight_line", "table", "none"),
        "headroom": frame.pick(0, 0.1),
        "power_basis": frame.pick("it", "utility"),
    }
    if frame.some(4):
        settings["carbon_usd_per_tonne"] = frame.number(10, 200)
    if frame.frequency == "quarter" and frame.some(5):
        settings["fiscal_year_start"] = frame.pick(4, 7)
    if frame.slices == ["day", "night"]:
        settings["slices"] = [
            {"name": "day", "hours_share": 0.25},
            {"name": "night", "hours_share": 0.75},
        ]
    else:
        settings["slices"] = [{"name": "all", "hours_share": 1.0}]
    if settings["residual"] == "table":
        tables["resale"] = [
            row for chip in frame.chips for row in resale(frame.of(f"resale {chip}"), chip)
        ]
    if tables.get("last_plan"):
        settings |= {"frozen_periods": frame.pick(0, 1), "change_usd_per_chip": frame.pick(0, 500)}
    draw_decisions(frame.of("decisions"), tables)
    draw_fabrics(frame.of("fabrics"), tables)
    draw_done(frame, tables)
    draw_used(frame.of("used"), tables, settings)
    draw_holdings(frame.of("holdings"), tables)
    draw_power_orders(frame.of("power orders"), tables)
    draw_memory(frame.of("memory"), tables)
    draw_books(frame.of("books"), tables)
    if whole:
        draw_whole(frame, whole, tables)
    draw_ways(frame, ways, tables)
    settings["whole"] = "yes" if whole else "no"
    text = {
        name: [{key: str(cell) for key, cell in row.items() if cell is not None} for row in rows]
        for name, rows in tables.items()
        if rows
    }
    return {name: level(rows) for name, rows in text.items()}, settings


def level(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give every row every column."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return [{key: row.get(key, "") for key in columns} for row in rows]


def draw_fabrics(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """A fabric or two at an own site; drawn last, so that what was drawn before stays as it was."""
    if not frame.home or not frame.some(4):
        return
    tables["fabrics"] = [
        {
            "fabric": f"fabric{i}",
            "site": frame.pick(*frame.home),
            "chips": frame.pick("*", frame.pick(*frame.chips)),
            "max_chips": frame.number(5, 60),
        }
        for i in range(frame.pick(1, 2))
    ]


def draw_decisions(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """Lines of the last plan that were approved, changed or refused."""
    if tables.get("last_plan") and frame.some(6):
        for row in tables["last_plan"]:
            row["decision"] = frame.pick("", "", "approved", "changed", "refused")


def draw_chip(frame: Frame, name: str) -> Row:
    peak = frame.number(0.6, 2.0)
    row: Row = {
        "chip": name,
        "vendor": frame.pick("v1", "v2"),
        "kw_peak": peak,
        "kw_idle": round(peak * frame.pick(0, 0.3, 0.6), 4),
        "peak_tflops_bf16": frame.number(300, 2000),
        "peak_tflops_fp8": 3000,
        "availability": frame.pick(1, 0.9, 0.97),
        "economic_life_years": frame.pick(0.5, 1, 2, 4, 5),
        "cooling": frame.pick("air", "liquid"),
        "source": "assumption",
        "as_of": "2026-11-01",
    }
    if frame.some(4):
        row["annual_attrition"] = frame.pick(0.02, 0.2)
    if frame.some(5):
        row |= {
            "maintenance_usd_per_chip_year": frame.number(0, 3000),
            "decommission_usd_per_chip": frame.number(0, 1000),
        }
    return row


def draw_site(frame: Frame, name: str) -> Row:
    row: Row = {
        "site": name,
        "region": {"home": "r1", "away": "r2", "sky": "r1", "blue": "r3"}[name],
        "country": "DE" if name == "away" else "US",
        "kind": "cloud",
        "source": "assumption",
        "as_of": "2026-11-01",
    }
    if name in frame.home:
        row |= {
            "kind": frame.pick("owned", "colo"),
            "pue": frame.pick(1.0, 1.25, 1.4),
            "usd_per_mwh": frame.number(20, 150),
            "kg_co2_per_mwh": frame.number(0, 600),
        }
        if frame.some(4):
            row["power_basis"] = frame.pick("it", "utility")
        if frame.some(3):
            row["headroom"] = 0.05
        if frame.some(3):
            row["usd_per_kw_month"] = frame.number(20, 150)
        if frame.some(3):
            row["usd_per_kw_month_demand"] = frame.number(2, 20)
    return row


def draw_power(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["power"], tables["energy"], tables["power_projects"] = [], [], []
    for site in frame.home + [cloud for cloud in frame.clouds if frame.some(1)]:
        liquid = frame.some(4)
        for t in range(frame.periods):
            mw = frame.number(0, 0.06)
            tables["power"].append(
                {
                    "site": site,
                    "period": frame.label(t),
                    "mw": mw,
                    "liquid_mw": round(mw * frame.pick(0, 0.5, 1), 6) if liquid else None,
                }
            )
        if site in frame.home and frame.some(4):
            charge = frame.number(1, 20) if frame.some(5) else None
            for t in range(frame.whole(0, 1), frame.periods):
                for k in frame.slices if frame.some(6) else [""]:
                    tables["energy"].append(
                        {
                            "site": site,
                            "period": frame.label(t),
                            "slice": k,
                            "usd_per_mwh": frame.number(10, 300),
                            "kg_co2_per_mwh": frame.number(0, 900) if frame.some(5) else None,
                            "usd_per_kw_month_demand": charge,
                        }
                    )
        if frame.some(4):
            lead = frame.whole(0, frame.periods - 1)
            first = frame.whole(0, frame.periods - 1 - lead)
            tables["power_projects"].append(
                {
                    "project": f"p_{site}",
                    "site": site,
                    "mw_max": frame.number(0.001, 0.05),
                    "first_order": frame.label(first),
                    "lead_periods": lead,
                    "usd_per_mw": frame.number(1e5, 2e6),
                    "usd_per_mw_period": frame.pick(0, 1e4),
                    "deposit_share": frame.pick(0, 0.3),
                    "life_years": frame.pick(0.25, 2, 10),
                    "liquid_share": frame.pick(0, 0.5, 1),
                    "source": "assumption",
                    "as_of": "2026-11-01",
                }
            )


def draw_fleet(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["fleet"], tables["orders"] = [], []
    for site in frame.places:
        own = site in frame.home
        for chip in frame.chips:
            if frame.some(4):
                age = frame.whole(1, 3)
                row: Row = {
                    "chip": chip,
                    "site": site,
                    "in_service": frame.label(-age),
                    "chips": frame.number(1, 30),
                    "retire_early": frame.pick("no", "yes"),
                }
                row["leaves_service"] = frame.label(frame.whole(1, frame.periods + 2))
                if own and frame.some(7):
                    row["usd_per_chip"] = frame.number(1e4, 4e4)
                if not own or frame.some(2):
                    row["usd_per_chip_hour"] = frame.number(0.3, 3)
                if frame.some(2):
                    row["annual_attrition"] = 0.1
                tables["fleet"].append(row)
            if own and frame.some(3):
                tables["orders"].append(
                    {
                        "order": f"po_{chip}_{site}",
                        "chip": chip,
                        "site": site,
                        "arrives": frame.label(frame.whole(0, frame.periods - 1)),
                        "chips": frame.number(1, 20),
                        "usd_per_chip": frame.number(1e4, 4e4),
                        "paid_share": frame.pick(0, 0.3, 1),
                        "cancel_fee_share": frame.pick(None, 0.1, 0),
                    }
                )


def offer(frame: Frame, name: str, chip: str, site: str, kind: str, **cells: Any) -> Row:
    lead = 0 if kind in ("on_demand", "spot") else frame.whole(0, min(2, frame.periods - 1))
    row: Row = {
        "offer": name,
        "chip": chip,
        "site": site,
        "kind": kind,
        "lead_periods": lead,
        "source": "assumption",
        "as_of": "2026-11-01",
    } | cells
    if frame.some(3):
        first = frame.whole(0, frame.periods - 1 - lead)
        row |= {
            "first_order": frame.label(first),
            "last_order": frame.label(frame.whole(first, frame.periods - 1)),
        }
    if frame.some(2):
        row["max_per_period"] = frame.number(2, 20)
        row["min_per_period"] = frame.pick(0, 0, 1)
    return row


def draw_offers(frame: Frame, tables: dict[str, list[Row]]) -> None:
    offers: list[Row] = []
    for chip in frame.chips:
        if frame.home and frame.some(8):
            price = {
                "usd_per_chip": frame.number(8e3, 4e4),
                "deposit_share": frame.pick(0, 0.25, 1),
                "retire_early": frame.pick("no", "yes"),
            }
            offers.append(
                offer(frame, f"buy_{chip}", chip, frame.pick("*", "home"), "purchase", **price)
            )
        if frame.home and frame.some(2):
            offers.append(
                offer(
                    frame,
                    f"lease_{chip}",
                    chip,
                    frame.pick(*frame.home),
                    "lease",
                    usd_per_chip=frame.pick(0, 3000),
                    usd_per_chip_hour=frame.number(0.3, 2),
                    cancellable=frame.pick("no", "yes"),
                )
            )
        for kind in ("reserved", "reserved_1y", "reserved_3y", "capacity_block"):
            if frame.clouds and frame.some(2):
                term = (
                    {"term_periods": frame.whole(1, 3)}
                    if kind in ("reserved", "capacity_block")
                    else {}
                )
                price = {
                    "usd_per_chip": frame.pick(0, 2000),
                    "deposit_share": frame.pick(0, 0.5),
                    "usd_per_chip_hour": frame.number(0.5, 3),
                }
                more = {
                    "cancellable": frame.pick("no", "yes"),
                    "annual_attrition": frame.pick(None, None, 0.1),
                }
                offers.append(
                    offer(
                        frame,
                        f"{kind}_{chip}",
                        chip,
                        frame.pick(*frame.clouds),
                        kind,
                        **price,
                        **more,
                        **term,
                    )
                )
        if frame.clouds and frame.some(2):
            offers.append(
                offer(
                    frame,
                    f"spot_{chip}",
                    chip,
                    frame.pick("*", *frame.clouds),
                    "spot",
                    usd_per_chip_hour=frame.number(0.5, 3),
                )
            )
        if len(frame.home) == 2:
            stands = {
                row["site"]
                for row in tables["fleet"]
                if row["chip"] == chip and row["site"] in frame.home
            }
            if stands and frame.some(8):
                source = sorted(stands)[0]
                offers.append(
                    offer(
                        frame,
                        f"move_{chip}",
                        chip,
                        "away" if source == "home" else "home",
                        "relocate",
                        from_site=source,
                        usd_per_chip=frame.number(10, 2000),
                    )
                    | {"min_per_period": 0}
                )
    if frame.clouds:  # nearly everything can be rented at a price
        offers.append(
            {
                "offer": "rent",
                "chip": "a",
                "site": "sky",
                "kind": "on_demand",
                "lead_periods": 0,
                "usd_per_chip_hour": frame.number(3, 8),
                "source": "assumption",
                "as_of": "2026-11-01",
            }
        )
    elif not offers:
        offers.append(offer(frame, "buy_a", "a", "home", "purchase", usd_per_chip=20000))
    tables["offers"], tables["offer_prices"] = offers, []
    for row in offers:
        if row["kind"] != "relocate" and frame.some(2):
            factor = 1.0
            for t in range(frame.periods):
                factor *= frame.pick(0.9, 0.7, 1.1)
                columns = [
                    column for column in ("usd_per_chip", "usd_per_chip_hour") if row.get(column)
                ]
                tables["offer_prices"].append(
                    {"offer": row["offer"], "period": frame.label(t)}
                    | {column: round(row[column] * factor, 3) for column in columns}
                )


def draw_supply(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["supply"] = []
    members = [
        row
        for row in tables["offers"]
        if row["kind"] != "relocate" and row["offer"] != "rent" and frame.some(4)
    ]
    if not members:
        return
    basis, least = frame.pick("order", "arrival"), frame.some(3)
    open_at = {"order": 0, "arrival": max(row["lead_periods"] for row in members)}[basis]
    for row in members:
        row["supply_group"] = "g"
        row.pop("first_order", None), row.pop("last_order", None), row.pop("min_per_period", None)
    for t in range(frame.periods):
        floor = (
            frame.pick(0, 1, 3)
            if least
            and t >= open_at
            and t + max(row["lead_periods"] for row in members) < frame.periods
            else 0
        )
        tables["supply"].append(
            {
                "supply_group": "g",
                "period": frame.label(t),
                "min_chips": floor,
                "max_chips": frame.pick(None, 3, 10, 30),
                "basis": basis,
            }
        )


def draw_curves(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["resale"], tables["survival"], tables["maintenance"] = [], [], []
    for chip in tables["chips"]:
        name = chip["chip"]
        if frame.some(4):
            tables["resale"] += resale(frame, name)
        if frame.some(2):
            chip.pop("annual_attrition", None)
            tables["survival"] += [
                {
                    "chip": name,
                    "age_years": age,
                    "share_alive": share,
                    "source": "assumption",
                    "as_of": "2026-11-01",
                }
                for age, share in ((0, 1), (0.6, 0.95), (2, frame.pick(0.4, 0.8)))
            ]
        if frame.some(3):
            tables["maintenance"] += [
                {
                    "chip": name,
                    "age_years": age,
                    "usd_per_chip_year": frame.number(100, 3000),
                    "source": "assumption",
                    "as_of": "2026-11-01",
                }
                for age in (0, frame.pick(0.25, 0.6, 1))
            ]


def resale(frame: Frame, chip: str) -> list[Row]:
    high = frame.number(0.5, 0.9)
    return [
        {
            "chip": chip,
            "age_years": age,
            "share_of_price": share,
            "source": "assumption",
            "as_of": "2026-11-01",
        }
        for age, share in ((0, high), (1.3, round(high / 2, 4)), (4, 0.05))
    ]
