"""Defaults that depend on other cells, table by table and row by row; each function says the
sentence it follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from planner.audit.resolution.values import Clock

Cells = dict[str, Any]
Tables = Mapping[str, list[Cells]]


def _blank(cell: Any) -> bool:
    """Whether a cell says nothing."""
    return cell == "" or (isinstance(cell, float) and math.isnan(cell))


def life(chip: str, kind: str, tables: Tables, clock: Clock) -> int:
    """Return how long a chip held as ``kind`` serves, in whole periods, at least one; halves are
    rounded up: what is bought for its technical life where it has one, else its economic one."""
    row = next(row for row in tables["chips"] if row["chip"] == chip)
    years = row["technical_life_years"] if kind == "purchase" else math.nan
    years = row["economic_life_years"] if _blank(years) else years
    return max(math.floor(float(years) * clock.per_year + 0.5), 1)


def loss(chip: str, tables: Tables, curved: bool) -> float:
    """Return what share of a chip type is lost per year; blank where it is ``curved``: a survival
    curve says it."""
    if curved and any(row["chip"] == chip for row in tables["survival"]):
        return math.nan
    return float(next(row["annual_attrition"] for row in tables["chips"] if row["chip"] == chip))


def _is_cloud(site: str, tables: Tables) -> bool:
    return any(row["site"] == site and row["kind"] == "cloud" for row in tables["sites"])


def _chips(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """Book life: blank is the economic life."""
    if _blank(row["book_life_years"]):
        row["book_life_years"] = row["economic_life_years"]


def _sites(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """Headroom and basis: those of the site win, blank is that of case.yaml; the rental contains a
    cloud's power."""
    if _blank(row["headroom"]):
        row["headroom"] = settings["headroom"]
    if _blank(row["power_basis"]):
        row["power_basis"] = settings["power_basis"] or ("it" if row["kind"] == "cloud" else "")
    if row["kind"] == "cloud":
        row["pue"] = 1.0
        for name in ("usd_per_mwh", "kg_co2_per_mwh"):
            if _blank(row[name]):
                row[name] = 0.0


def _window(row: Cells, first: str, last: str, clock: Clock) -> None:
    """A window: blank is the start (the end) of the plan; what lies outside the plan is cut off."""
    row[first] = 0 if _blank(row[first]) else min(max(int(row[first]), 0), clock.count)
    row[last] = (
        clock.count - 1 if _blank(row[last]) else min(max(int(row[last]), -1), clock.count - 1)
    )


def _racks(row: Cells, tables: Tables) -> None:
    """What an offer brings, and a lot is made of, are the racks of its chip."""
    if _blank(row["lot_size"]):
        own = [entry["lot_size"] for entry in tables["chips"] if entry["chip"] == row["chip"]]
        row["lot_size"] = own[0] if own else 1


def _offers(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """Sites, window, term and attrition of an offer, by its kind."""
    kind, chip = row["kind"], row["chip"]
    if row["site"] == ("*",):  # all sites where this kind can be
        at_cloud = kind not in ("purchase", "lease", "relocate")
        places = [site["site"] for site in tables["sites"] if (site["kind"] == "cloud") == at_cloud]
        row["site"] = tuple(
            sorted(site for site in places if kind != "relocate" or site != row["from_site"])
        )
    _window(row, "first_order", "last_order", clock)
    if _blank(row["term_periods"]):
        years = {"reserved_1y": 1, "reserved_3y": 3}.get(kind)
        if kind in ("purchase", "lease"):
            row["term_periods"] = life(chip, kind, tables, clock)
        else:
            row["term_periods"] = 1 if years is None else years * clock.per_year
    _racks(row, tables)
    if _blank(row["annual_attrition"]):
        natural = kind in ("purchase", "lease")
        row["annual_attrition"] = loss(chip, tables, True) if natural else 0.0


def _fleet(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """A lot of the fleet is bought at a site of ours and reserved at a cloud, serves for its chip's
    economic life and is lost as its chip is, but for a contract's."""
    _racks(row, tables)
    if _blank(row["kind"]):
        row["kind"] = "reserved" if _is_cloud(row["site"], tables) else "purchase"
    if _blank(row["leaves_service"]):
        row["leaves_service"] = row["in_service"] + life(row["chip"], row["kind"], tables, clock)
    if _blank(row["annual_attrition"]):
        row["annual_attrition"] = _loss_of_kind(row, tables)
    if _blank(row["ordered"]):
        row["ordered"] = row["in_service"]


def _loss_of_kind(row: Cells, tables: Tables) -> float:
    """Return what is lost per year of a lot that says nothing of it: of what is bought or leased,
    what its chip loses; of a contract, nothing."""
    return loss(row["chip"], tables, True) if row["kind"] in ("purchase", "lease") else 0.0


def _orders(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """An order in flight goes into service when it arrives, unless it moves chips that did before;
    it serves for its chip's economic life, is lost as its chip is, but for a contract's, and counts
    as paid when it went into service."""
    _racks(row, tables)
    if _blank(row["in_service"]):
        row["in_service"] = row["arrives"]
    if _blank(row["paid_share"]) and row["in_service"] < row["arrives"]:
        row["paid_share"] = 0.0
    if _blank(row["leaves_service"]):
        row["leaves_service"] = row["in_service"] + life(row["chip"], row["kind"], tables, clock)
    if _blank(row["annual_attrition"]):
        row["annual_attrition"] = _loss_of_kind(row, tables)
    if _blank(row["ordered"]):
        row["ordered"] = row["in_service"]


def _projects(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """The window of a power project, or of a commitment."""
    _window(row, "first_order", "last_order", clock)


def _rules(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """The periods of a rule, its last one included."""
    _window(row, "from", "to", clock)


def _workloads(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """Where a workload may run: its sites, as far as they lie in its regions."""
    allowed = []
    for site in tables["sites"]:
        named = row["sites"] == ("*",) or site["site"] in row["sites"]
        if named and (row["regions"] == ("*",) or site["region"] in row["regions"]):
            allowed.append(site["site"])
    row["sites"] = tuple(sorted(allowed))


def _milestones(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """FLOP of a milestone, its start, and where and on what it may run."""
    if _blank(row["flop"]):  # 6 x parameters x tokens
        row["flop"] = 6.0 * (row["params_b"] * 1e9) * (row["tokens_t"] * 1e12)
    if _blank(row["start"]):
        row["start"] = 0.0
    if row["chips"] == ("*",):  # all of its class
        row["chips"] = tuple(
            sorted(
                training["chip"]
                for training in tables["training"]
                if training["class"] == row["class"]
            )
        )
    if row["sites"] == ("*",):
        row["sites"] = tuple(sorted(site["site"] for site in tables["sites"]))


def _site_contracts(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """The rent of an extended contract is what it was."""
    if _blank(row["extend_usd_per_kw_month"]):
        row["extend_usd_per_kw_month"] = row["usd_per_kw_month"]


def _windows(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """The window of a budget or a policy: FY2027 for a fiscal year, otherwise a period by its
    name."""
    text = row["period"].upper()
    year = text.removeprefix("FY")
    if text and len(year) == 4 and year.isdigit() and (clock.frequency != "year" or text != year):
        row["period"] = f"FY{year}"
    elif text:
        row["period"] = clock.label(clock.position(text))


def _token_offers(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """The periods of an offer of tokens, its last one included."""
    _window(row, "first_period", "last_period", clock)


def _last_plan(row: Cells, tables: Tables, settings: Mapping[str, Any], clock: Clock) -> None:
    """A refused line of the last plan orders nothing."""
    if row["decision"] == "refused":
        row["chips"] = row["mw"] = 0.0


def whole(tables: Tables) -> bool:
    """Whole plans: blank is yes where anything that comes whole is stated."""
    amounts: dict[str, dict[str, float]] = {
        "chips": {"lot_size": 1},
        "offers": {"lot_size": 1, "min_order": 0, "max_orders": -1, "usd_per_order": 0},
        "fleet": {"lot_size": 1},
        "orders": {"lot_size": 1},
        "power_projects": {"lot_mw": 0.001, "usd_to_open": 0},
        "sites": {"usd_to_open": 0},
        "throughput": {"chips_per_replica": 1},
    }
    for name, columns in amounts.items():
        for row in tables[name]:
            if any(row[column] > least for column, least in columns.items()):  # a blank is not
                return True
    if any(not _blank(row["extend_by"]) for row in tables["site_contracts"]):
        return True
    if tables["offer_steps"] or any(not _blank(row["after"]) for row in tables["power_projects"]):
        return True
    return any(
        (row["single_site"] and len(row["sites"]) > 1)
        or (row["single_chip"] and len(row["chips"]) > 1)
        for row in tables["milestones"]
    )


SENTENCES: Final[Mapping[str, Callable[[Cells, Tables, Mapping[str, Any], Clock], None]]] = {
    "chips": _chips,
    "sites": _sites,
    "offers": _offers,
    "fleet": _fleet,
    "orders": _orders,
    "power_projects": _projects,
    "workloads": _workloads,
    "milestones": _milestones,
    "rules": _rules,
    "token_offers": _token_offers,
    "commitments": _projects,
    "site_contracts": _site_contracts,
    "budgets": _windows,
    "limits": _windows,
    "last_plan": _last_plan,
}
"""Table -> what completes one of its rows."""
