"""Tiny random cases, as dicts of tables and settings that ``tests.helpers.write_case`` writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
Tables = dict[str, list[dict[str, str]]]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass
class Frame:
    """What every part of a case must agree on."""

    random: Random
    frequency: str
    periods: int
    slices: list[str]
    home: list[str]
    clouds: list[str]
    chips: list[str]

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
        return f"{2027 + t // 4}-{t % 4 * 3 + 2:02d}-15" if self.frequency == "quarter" else f"{2027 + t}-05-15"


@st.composite
def cases(draw: Draw) -> tuple[Tables, dict[str, Any]]:
    """Tables and settings of a tiny case; ``read_case`` may refuse a few of them."""
    # one true random source instead of hundreds of draws: hypothesis repeats parts of earlier examples, and few of 25 cases would differ
    random = draw(st.randoms(use_true_random=True))
    home, clouds = random.choice([(["home"], []), (["home"], ["sky"]), (["home", "away"], []), (["home", "away"], ["sky"]), ([], ["sky"]), (["home"], ["sky", "blue"])])
    frame = Frame(
        random, random.choice(["quarter", "year"]), random.randint(2, 4), random.choice([["day", "night"], ["all"]]), home, clouds, ["a", "b", "c"][: random.randint(1, 3)])
    tables: dict[str, list[Row]] = {"chips": [draw_chip(frame, name) for name in frame.chips], "sites": [draw_site(frame, name) for name in frame.places]}
    draw_power(frame, tables)
    draw_fleet(frame, tables)
    draw_offers(frame, tables)
    draw_supply(frame, tables)
    draw_work(frame, tables)
    draw_curves(frame, tables)
    draw_policies(frame, tables)
    settings = {
        "name": "random", "start": frame.label(0), "periods": frame.periods, "frequency": frame.frequency, "discount_rate": frame.pick(0.0, 0.08, 0.15),
        "residual": frame.pick("annuity", "straight_line", "table", "none"), "headroom": frame.pick(0, 0.1), "power_basis": frame.pick("it", "utility")}
    if frame.some(4):
        settings["carbon_usd_per_tonne"] = frame.number(10, 200)
    if frame.frequency == "quarter" and frame.some(5):
        settings["fiscal_year_start"] = frame.pick(4, 7)
    if frame.slices == ["day", "night"]:
        settings["slices"] = [{"name": "day", "hours_share": 0.25}, {"name": "night", "hours_share": 0.75}]
    else:
        settings["slices"] = [{"name": "all", "hours_share": 1.0}]
    if settings["residual"] == "table":
        tables["resale"] = [row for chip in frame.chips for row in resale(frame, chip)]
    if tables.get("last_plan"):
        settings |= {"frozen_periods": frame.pick(0, 1), "change_usd_per_chip": frame.pick(0, 500)}
    text = {name: [{key: str(cell) for key, cell in row.items() if cell is not None} for row in rows] for name, rows in tables.items() if rows}
    return {name: level(rows) for name, rows in text.items()}, settings


def level(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give every row every column."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return [{key: row.get(key, "") for key in columns} for row in rows]


def draw_chip(frame: Frame, name: str) -> Row:
    peak = frame.number(0.6, 2.0)
    row: Row = {
        "chip": name, "vendor": frame.pick("v1", "v2"), "kw_peak": peak, "kw_idle": round(peak * frame.pick(0, 0.3, 0.6), 4), "peak_tflops_bf16": frame.number(300, 2000), "peak_tflops_fp8": 3000,
        "availability": frame.pick(1, 0.9, 0.97), "economic_life_years": frame.pick(0.5, 1, 2, 4, 5), "cooling": frame.pick("air", "liquid"), "source": "assumption", "as_of": "2026-11-01"}
    if frame.some(4):
        row["annual_attrition"] = frame.pick(0.02, 0.2)
    if frame.some(5):
        row |= {"maintenance_usd_per_chip_year": frame.number(0, 3000), "decommission_usd_per_chip": frame.number(0, 1000)}
    return row


def draw_site(frame: Frame, name: str) -> Row:
    row: Row = {
        "site": name, "region": {"home": "r1", "away": "r2", "sky": "r1", "blue": "r3"}[name], "country": "DE" if name == "away" else "US", "kind": "cloud", "source": "assumption",
        "as_of": "2026-11-01"}
    if name in frame.home:
        row |= {"kind": frame.pick("owned", "colo"), "pue": frame.pick(1.0, 1.25, 1.4), "usd_per_mwh": frame.number(20, 150), "kg_co2_per_mwh": frame.number(0, 600)}
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
            tables["power"].append({"site": site, "period": frame.label(t), "mw": mw, "liquid_mw": round(mw * frame.pick(0, 0.5, 1), 6) if liquid else None})
        if site in frame.home and frame.some(4):
            charge = frame.number(1, 20) if frame.some(5) else None
            for t in range(frame.whole(0, 1), frame.periods):
                for k in frame.slices if frame.some(6) else [""]:
                    tables["energy"].append({
                        "site": site, "period": frame.label(t), "slice": k, "usd_per_mwh": frame.number(10, 300), "kg_co2_per_mwh": frame.number(0, 900) if frame.some(5) else None,
                        "usd_per_kw_month_demand": charge})
        if frame.some(4):
            lead = frame.whole(0, frame.periods - 1)
            first = frame.whole(0, frame.periods - 1 - lead)
            tables["power_projects"].append({
                "project": f"p_{site}", "site": site, "mw_max": frame.number(0.001, 0.05), "first_order": frame.label(first), "lead_periods": lead, "usd_per_mw": frame.number(1e5, 2e6),
                "usd_per_mw_period": frame.pick(0, 1e4), "deposit_share": frame.pick(0, 0.3), "life_years": frame.pick(0.25, 2, 10), "liquid_share": frame.pick(0, 0.5, 1), "source": "assumption",
                "as_of": "2026-11-01"})


def draw_fleet(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["fleet"], tables["orders"] = [], []
    for site in frame.places:
        own = site in frame.home
        for chip in frame.chips:
            if frame.some(4):
                age = frame.whole(1, 3)
                row: Row = {"chip": chip, "site": site, "in_service": frame.label(-age), "chips": frame.number(1, 30), "retire_early": frame.pick("no", "yes")}
                row["leaves_service"] = frame.label(frame.whole(1, frame.periods + 2))
                if own and frame.some(7):
                    row["usd_per_chip"] = frame.number(1e4, 4e4)
                if not own or frame.some(2):
                    row["usd_per_chip_hour"] = frame.number(0.3, 3)
                if frame.some(2):
                    row["annual_attrition"] = 0.1
                tables["fleet"].append(row)
            if own and frame.some(3):
                tables["orders"].append({
                    "order": f"po_{chip}_{site}", "chip": chip, "site": site, "arrives": frame.label(frame.whole(0, frame.periods - 1)), "chips": frame.number(1, 20),
                    "usd_per_chip": frame.number(1e4, 4e4), "paid_share": frame.pick(0, 0.3, 1), "cancel_fee_share": frame.pick(None, 0.1, 0)})


def offer(frame: Frame, name: str, chip: str, site: str, kind: str, **cells: Any) -> Row:
    lead = 0 if kind in ("on_demand", "spot") else frame.whole(0, min(2, frame.periods - 1))
    row: Row = {"offer": name, "chip": chip, "site": site, "kind": kind, "lead_periods": lead, "source": "assumption", "as_of": "2026-11-01"} | cells
    if frame.some(3):
        first = frame.whole(0, frame.periods - 1 - lead)
        row |= {"first_order": frame.label(first), "last_order": frame.label(frame.whole(first, frame.periods - 1))}
    if frame.some(2):
        row["max_per_period"] = frame.number(2, 20)
        row["min_per_period"] = frame.pick(0, 0, 1)
    return row


def draw_offers(frame: Frame, tables: dict[str, list[Row]]) -> None:
    offers: list[Row] = []
    for chip in frame.chips:
        if frame.home and frame.some(8):
            price = {"usd_per_chip": frame.number(8e3, 4e4), "deposit_share": frame.pick(0, 0.25, 1), "retire_early": frame.pick("no", "yes")}
            offers.append(offer(frame, f"buy_{chip}", chip, frame.pick("*", "home"), "purchase", **price))
        if frame.home and frame.some(2):
            offers.append(offer(
                frame, f"lease_{chip}", chip, frame.pick(*frame.home), "lease", usd_per_chip=frame.pick(0, 3000), usd_per_chip_hour=frame.number(0.3, 2), cancellable=frame.pick("no", "yes")))
        for kind in ("reserved", "reserved_1y", "reserved_3y", "capacity_block"):
            if frame.clouds and frame.some(2):
                term = {"term_periods": frame.whole(1, 3)} if kind in ("reserved", "capacity_block") else {}
                price = {"usd_per_chip": frame.pick(0, 2000), "deposit_share": frame.pick(0, 0.5), "usd_per_chip_hour": frame.number(0.5, 3)}
                more = {"cancellable": frame.pick("no", "yes"), "annual_attrition": frame.pick(None, None, 0.1)}
                offers.append(offer(frame, f"{kind}_{chip}", chip, frame.pick(*frame.clouds), kind, **price, **more, **term))
        if frame.clouds and frame.some(2):
            offers.append(offer(frame, f"spot_{chip}", chip, frame.pick("*", *frame.clouds), "spot", usd_per_chip_hour=frame.number(0.5, 3)))
        if len(frame.home) == 2:
            stands = {row["site"] for row in tables["fleet"] if row["chip"] == chip and row["site"] in frame.home}
            if stands and frame.some(8):
                source = sorted(stands)[0]
                offers.append(offer(
                    frame, f"move_{chip}", chip, "away" if source == "home" else "home", "relocate", from_site=source, usd_per_chip=frame.number(10, 2000)) | {"min_per_period": 0})
    if frame.clouds:  # nearly everything can be rented at a price
        offers.append({"offer": "rent", "chip": "a", "site": "sky", "kind": "on_demand", "lead_periods": 0, "usd_per_chip_hour": frame.number(3, 8), "source": "assumption", "as_of": "2026-11-01"})
    elif not offers:
        offers.append(offer(frame, "buy_a", "a", "home", "purchase", usd_per_chip=20000))
    tables["offers"], tables["offer_prices"] = offers, []
    for row in offers:
        if row["kind"] != "relocate" and frame.some(2):
            factor = 1.0
            for t in range(frame.periods):
                factor *= frame.pick(0.9, 0.7, 1.1)
                columns = [column for column in ("usd_per_chip", "usd_per_chip_hour") if row.get(column)]
                tables["offer_prices"].append({"offer": row["offer"], "period": frame.label(t)} | {column: round(row[column] * factor, 3) for column in columns})


def draw_supply(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["supply"] = []
    members = [row for row in tables["offers"] if row["kind"] != "relocate" and row["offer"] != "rent" and frame.some(4)]
    if not members:
        return
    basis, least = frame.pick("order", "arrival"), frame.some(3)
    open_at = {"order": 0, "arrival": max(row["lead_periods"] for row in members)}[basis]
    for row in members:
        row["supply_group"] = "g"
        row.pop("first_order", None), row.pop("last_order", None), row.pop("min_per_period", None)
    for t in range(frame.periods):
        floor = frame.pick(0, 1, 3) if least and t >= open_at and t + max(row["lead_periods"] for row in members) < frame.periods else 0
        tables["supply"].append({"supply_group": "g", "period": frame.label(t), "min_chips": floor, "max_chips": frame.pick(None, 3, 10, 30), "basis": basis})


def draw_curves(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["resale"], tables["survival"], tables["maintenance"] = [], [], []
    for chip in tables["chips"]:
        name = chip["chip"]
        if frame.some(4):
            tables["resale"] += resale(frame, name)
        if frame.some(2):
            chip.pop("annual_attrition", None)
            tables["survival"] += [{"chip": name, "age_years": age, "share_alive": share, "source": "assumption", "as_of": "2026-11-01"} for age, share in ((0, 1), (0.6, 0.95), (2, frame.pick(0.4, 0.8)))]
        if frame.some(3):
            tables["maintenance"] += [
                {"chip": name, "age_years": age, "usd_per_chip_year": frame.number(100, 3000), "source": "assumption", "as_of": "2026-11-01"} for age in (0, frame.pick(0.25, 0.6, 1))]


def resale(frame: Frame, chip: str) -> list[Row]:
    high = frame.number(0.5, 0.9)
    return [{"chip": chip, "age_years": age, "share_of_price": share, "source": "assumption", "as_of": "2026-11-01"} for age, share in ((0, high), (1.3, round(high / 2, 4)), (4, 0.05))]


def active(frame: Frame, tables: dict[str, list[Row]], chip: str) -> float | None:
    """Draw at work: that of the chip, or somewhat less."""
    return frame.pick(None, next(round(0.8 * row["kw_peak"], 4) for row in tables["chips"] if row["chip"] == chip))


def draw_work(frame: Frame, tables: dict[str, list[Row]]) -> None:
    for name in ("workloads", "demand", "throughput", "gains", "training", "milestones", "profiles"):
        tables[name] = []
    for row in [{"profile": "p", "slice": k, "load": load, "source": "assumption"} for k, load in (("day", 2.2), ("night", 0.6))] if len(frame.slices) == 2 else []:
        tables["profiles"].append(row)
    online, batch = frame.some(7), frame.some(4)
    research = frame.pick(None, None, "flop", "share_of_fleet", "multiple_of_milestones")
    milestones = frame.whole(0, 2)
    if not (online or batch or research or milestones):
        online = True
    if research == "multiple_of_milestones":
        milestones = max(1, milestones)
    if online:
        draw_inference(frame, tables, "w", "online")
        if frame.some(3):
            draw_inference(frame, tables, "v", "online")
    if batch:
        draw_inference(frame, tables, "b", "batch")
    if not any(row.get("profile") for row in tables["workloads"]):
        tables["profiles"] = []
    if research or milestones:
        for chip in frame.chips:
            tier = {"chips_at_full_efficiency": frame.number(1, 10), "efficiency_beyond": 0.6} if frame.some(4) else {}
            tables["training"].append({
                "class": "c", "chip": chip, "precision": frame.pick("bf16", "fp8"), "mfu": frame.number(0.2, 0.5), "goodput": 0.9, "kw_active": active(frame, tables, chip), "source": "assumption",
                "as_of": "2026-11-01"} | tier)
    if research:
        row: Row = {"workload": "r", "kind": "research", "model": "c", "utilisation_cap": frame.pick(None, 0.8)}
        if research == "flop":
            row["short_usd_per_1e21_flop"] = frame.number(1e3, 4e4)
            tables["demand"] += [{"workload": "r", "period": frame.label(t), "flop": frame.number(0, 2e22) * frame.quarters} for t in range(frame.periods)]
        else:
            row[research] = frame.number(0.05, 0.5)
        tables["workloads"].append(row)
    for i in range(milestones):
        draw_milestone(frame, tables, i)


def draw_inference(frame: Frame, tables: dict[str, list[Row]], name: str, kind: str) -> None:
    row: Row = {"workload": name, "kind": kind, "model": name, "tier": "fast", "utilisation_cap": frame.pick(None, 0.7)}
    if kind == "batch":
        row["window_periods"] = frame.pick(None, 2, 3)
    elif len(frame.slices) == 2 and frame.some(7):
        row["profile"] = "p"
    if not frame.clouds or frame.some(6):
        row["short_usd_per_mtok"] = frame.number(0.5, 8)
    if len(frame.places) > 1 and frame.some(2) and row.get("short_usd_per_mtok"):
        row["sites"] = frame.pick(*frame.places)
    elif len(frame.places) > 1 and kind == "online" and (frame.clouds or len(frame.home) > 1) and frame.some(4):
        row["survive_site_loss"] = frame.pick(0.02, 0.3)
    if len(frame.places) > 1 and frame.clouds and "sites" not in row and "survive_site_loss" not in row and frame.some(2):
        row["regions"] = "r1"
    tables["workloads"].append(row)
    main = frame.pick("output_mtok", "output_mtok", "input_mtok")
    others = [column for column in ("input_mtok", "cached_mtok") if column != main and frame.some(5)]
    for t in range(frame.periods):
        amount = frame.number(2e3, 1e5) * frame.quarters if t == 0 or frame.some(9) else 0.0
        tables["demand"].append({"workload": name, "period": frame.label(t), main: amount} | {column: round(amount * frame.pick(0.5, 2), 6) for column in others})
    for chip in frame.chips:
        if chip == "a" or frame.some(7):
            tables["throughput"].append({
                "model": name, "tier": "fast", "chip": chip, "output_tok_per_s": frame.number(300, 2000), "input_tok_per_s": frame.number(3000, 9000) if main == "input_mtok" or frame.some(5) else None,
                "cached_tok_per_s": frame.pick(None, 30000), "calibration": frame.pick(None, 0.9), "kw_active": active(frame, tables, chip), "source": "assumption", "as_of": "2026-11-01"})
    if frame.some(3):
        for chip in ("*", "a") if frame.some(4) else (frame.pick("*", "a"),):
            tables["gains"] += [{"model": name, "chip": chip, "period": frame.label(t), "gain": frame.number(0.8, 2), "source": "assumption"} for t in (frame.pick(0, 1), 2)[: frame.whole(1, 2)] if t < frame.periods]


def draw_milestone(frame: Frame, tables: dict[str, list[Row]], i: int) -> None:
    due = frame.whole(i, frame.periods - 1)
    start = frame.whole(0, due)
    row: Row = {
        "milestone": f"m{i}", "flop": frame.number(2e21, 5e22) * frame.quarters, "class": "c", "deadline": frame.date(due) if due > start and frame.some(4) else frame.label(due),
        "interruptible": frame.pick("no", "yes"), "as_of": None}
    if start > 0:
        row["start"] = frame.date(start) if due > start and frame.some(5) else frame.label(start)
    wide = len(frame.places) > 1 and frame.some(5)
    row |= {"sites": ";".join(frame.places), "single_site": "no"} if wide else {"sites": "sky" if frame.clouds and frame.some(8) else frame.pick(*frame.places), "single_site": "yes"}
    many = len(frame.chips) > 1 and frame.some(5)
    row |= {"chips": ";".join(frame.chips), "single_chip": "no"} if many else {"chips": "a", "single_chip": "yes"}
    if wide or many:
        row["split_efficiency"] = frame.pick(0.8, 1.0)
    if frame.some(6) or "sky" not in row["sites"]:
        row["late_usd_per_period"] = frame.number(1e4, 2e6)
    if frame.some(3):
        row["max_chips"] = frame.number(5, 40) if "late_usd_per_period" in row else 1000
    if "sky" in row["sites"] and frame.some(4):
        row["min_chips"] = frame.number(0.5, 4)
    if i and frame.some(6):
        row["after"] = "m0"
    tables["milestones"].append(row)


def draw_policies(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["rules"], tables["budgets"], tables["limits"], tables["last_plan"] = [], [], [], []
    if frame.some(4):
        rule: Row = {"reason": "policy"} | frame.pick(
            {"chip": "a", "site": frame.places[0]}, {"vendor": "v1", "country": "US"} if any(c["vendor"] == "v1" for c in tables["chips"]) and set(frame.places) != {"away"} else {"chip": "a"})
        work = frame.pick({}, {"workload": tables["workloads"][0]["workload"]} if tables["workloads"] else {}, {"milestone": "m0"} if tables["milestones"] else {})
        tables["rules"].append(rule | work | {"from": frame.pick("", frame.label(frame.periods - 1)), "to": frame.pick("", frame.label(frame.periods - 1))})
    cash = 2e5 * frame.quarters
    for category in ("capex", "opex", "all"):
        if frame.some(3):
            t, hard = frame.whole(0, frame.periods - 1), frame.some(2)
            name = frame.label(t) if frame.some(6) or frame.frequency == "year" else "FY2027"
            tables["budgets"].append({"period": name, "category": category, "usd_max": frame.number(0.1, 1) * cash * (50 if hard else 1), "over_usd_per_usd": None if hard else frame.number(0.05, 1)})
    for i in range(frame.pick(0, 0, 1, 2)):
        scope = frame.pick("vendor", "chip", "site", "region", "country", "all")
        member = {"vendor": tables["chips"][0]["vendor"], "chip": "a", "site": frame.places[-1], "region": tables["sites"][-1]["region"], "country": tables["sites"][-1]["country"], "all": ""}[scope]
        what = frame.pick("spend", "chips", "power", "carbon")
        bound = frame.pick("max", "max", "max_share", "min_share") if scope != "all" else "max"
        size = {"spend": 1e5, "chips": 5, "power": 0.005, "carbon": 5}[what] * frame.pick(0.5, 1, 4)
        charge = {"spend": 0.3, "chips": 500, "power": 1e6, "carbon": 200}[what]
        row: Row = {"limit": f"l{i}", "scope": scope, "member": member, "measure": what, bound: size if bound == "max" else frame.number(0.1, 0.9), "over_usd_per_unit": charge}
        if bound == "min_share" and frame.some(5):
            row["max"] = size
        if frame.some(2):
            row |= {"over_usd_per_unit": None} | ({"max": size * 1000} if bound == "max" else {})
        row["period"] = frame.pick("", frame.label(frame.periods - 1), "FY2027")
        tables["limits"].append(row)
    if frame.some(4):
        for row in tables["offers"]:
            if row["kind"] in ("purchase", "lease", "reserved") and row["lead_periods"] == 0 and "first_order" not in row:
                action = {"purchase": "buy", "lease": "lease", "reserved": "reserve"}[row["kind"]]
                site = "home" if row["site"] == "*" else row["site"]
                chips = frame.number(1, 2)
                tables["last_plan"] += [{"offer": row["offer"], "site": site, "order_period": frame.label(t), "chips": chips, "action": action, "status": "new"} for t in range(frame.whole(1, 2))]
        for row in tables["power_projects"] if tables["last_plan"] else []:
            if row["first_order"] == frame.label(0):
                tables["last_plan"].append({"offer": row["project"], "site": row["site"], "order_period": frame.label(0), "mw": 0.001, "action": "build_power", "status": "new"})


def features(tables: Any, settings: Any, every: bool = False) -> set[str]:
    """Names of the optional things that a case has; with ``every``: of all that there are."""
    wanted = {
        **{f"{table}.{column}": (table, column, None) for table, columns in OPTIONAL.items() for column in columns},
        **{f"{table}.{column}={value}": (table, column, value) for table, column, values in CHOICES for value in values}}
    found = {name for name, (table, column, value) in wanted.items() if any(row.get(column, "") == value if value else row.get(column, "") != "" for row in tables.get(table, []))}
    rules = {f"residual={rule}" for rule in ("annuity", "straight_line", "table", "none")} | {"carbon_usd_per_tonne", "fiscal_year_start", "frozen_periods", "change_usd_per_chip"}
    mine = {f"residual={settings.get('residual')}"} | {name for name in rules if settings.get(name)}
    return set(wanted) | rules if every else found | (mine & rules)


OPTIONAL: dict[str, tuple[str, ...]] = {
    "chips": ("annual_attrition", "maintenance_usd_per_chip_year", "decommission_usd_per_chip"), "sites": ("power_basis", "headroom", "usd_per_kw_month", "usd_per_kw_month_demand"),
    "power": ("liquid_mw",), "energy": ("usd_per_mwh", "kg_co2_per_mwh", "usd_per_kw_month_demand"), "offer_prices": ("usd_per_chip", "usd_per_chip_hour"),
    "offers": ("first_order", "max_per_period", "min_per_period", "deposit_share", "supply_group", "annual_attrition"), "supply": ("min_chips", "max_chips"),
    "fleet": ("usd_per_chip", "usd_per_chip_hour", "annual_attrition"), "orders": ("cancel_fee_share",), "power_projects": ("project",), "gains": ("gain",), "profiles": ("load",),
    "workloads": ("utilisation_cap", "window_periods", "short_usd_per_mtok", "survive_site_loss", "regions", "sites", "share_of_fleet", "multiple_of_milestones", "short_usd_per_1e21_flop"),
    "demand": ("output_mtok", "input_mtok", "cached_mtok", "flop"), "throughput": ("input_tok_per_s", "cached_tok_per_s", "calibration", "kw_active"),
    "training": ("chips_at_full_efficiency", "kw_active"), "milestones": ("start", "min_chips", "max_chips", "split_efficiency", "late_usd_per_period", "after"),
    "rules": ("chip", "vendor", "workload", "milestone", "from", "to"), "budgets": ("over_usd_per_usd",), "limits": ("max", "max_share", "min_share", "period", "over_usd_per_unit"),
    "resale": ("chip",), "survival": ("chip",), "maintenance": ("chip",), "last_plan": ("chips", "mw"),
}
CHOICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("chips", "cooling", ("air", "liquid")), ("sites", "kind", ("owned", "colo", "cloud")), ("supply", "basis", ("order", "arrival")), ("workloads", "kind", ("online", "batch", "research")),
    ("offers", "kind", ("purchase", "lease", "reserved", "reserved_1y", "reserved_3y", "capacity_block", "on_demand", "spot", "relocate")), ("offers", "retire_early", ("yes",)),
    ("offers", "cancellable", ("yes",)), ("fleet", "retire_early", ("yes",)), ("milestones", "interruptible", ("yes", "no")), ("milestones", "single_site", ("yes", "no")),
    ("milestones", "single_chip", ("yes", "no")), ("budgets", "category", ("capex", "opex", "all")), ("budgets", "period", ("FY2027", "2027Q1")),
    ("limits", "scope", ("vendor", "chip", "site", "region", "country", "all")), ("limits", "measure", ("spend", "chips", "power", "carbon")),
)
