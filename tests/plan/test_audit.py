"""The audit passes a small plan made by hand (hand_made/README.md derives every figure) and finds each single thing broken in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plan.hand_made_run import audited, copy, edit, seal


@dataclass(frozen=True)
class Break:
    """One thing broken: a row of a file, its new cells (None: the row is dropped), and the checks that must fail, no more and no fewer."""

    name: str
    file: str
    where: Mapping[str, str]
    change: Mapping[str, str] | None
    fails: frozenset[str]


def broken(name: str, file: str, where: Mapping[str, str], change: Mapping[str, str] | None, *fails: str) -> Break:
    return Break(name, file, where, change, frozenset(fails))


# what follows from a change of decisions: sums that no longer add up, by the table they stand in
MONEY = frozenset({"costs.nominal", "costs.discounted", "costs.places", "costs.total"})
CASH = MONEY | {"budget.paid_usd"}
OVERRUN = CASH | {"budget.over_usd"}
HELD = frozenset({"vintages.held", "fleet.held"})
SHARES = frozenset({"limits.total", "limits.bound"})
CARBON = frozenset({"limits.value", "limits.total", "limits.over"})
ENERGY = frozenset({"power.energy_mwh", "power.tonnes_co2"})
BUSY = frozenset({"fleet.busy", "fleet.idle"})
ROW = frozenset({"allocation.chip_hours", "allocation.mwh", "allocation.cost"})
BUILT = frozenset({"power.built_mw", "power.free_mw"})
USED = frozenset({"power.used_mw", "power.free_mw", "power.it_mw"})
PAID = frozenset({"buy_plan.total_usd", "buy_plan.npv_usd"})
ELSEWHERE = frozenset({"costs.nominal", "costs.discounted", "costs.places"})
GROUPS = {name: globals()[name] for name in ("OVERRUN", "CASH", "MONEY", "ELSEWHERE", "PAID", "HELD", "CARBON", "SHARES", "ENERGY", "BUSY", "ROW", "BUILT", "USED")}

BUY, EXISTING, COMMITTED = {"line_id": "buy@home@2027"}, {"line_id": "fleet:a:2025@home"}, {"line_id": "o1@home"}
RETIRE, CANCEL, HALL = {"line_id": "retire/fleet:a:2025@home@2028"}, {"line_id": "cancel/o1@home"}, {"line_id": "hall@home@2027"}
RESERVE, RENT = {"line_id": "reserve@cloud@2027"}, {"line_id": "rent@cloud@2028"}
HOME_27, HOME_28 = {"site": "home", "period": "2027"}, {"site": "home", "period": "2028"}

BREAKS = [
    # decisions and what is held
    broken("a chip more on the fleet's line", "buy_plan", EXISTING, {"chips": "101"}, "buy_plan.existing_chips"),
    broken("an order in flight at another size", "buy_plan", COMMITTED, {"chips": "16"}, "buy_plan.committed_chips"),
    broken("an order in flight arrives earlier", "buy_plan", COMMITTED, {"in_service_period": "2027"}, "buy_plan.committed"),
    broken("more cancelled than was on order", "buy_plan", CANCEL, {"chips": "17"}, "buy_plan.cancellation", "buy_plan.committed_chips", "fleet.committed", "fleet.powered", *OVERRUN, *PAID, *HELD, *SHARES),
    broken("one chip too many bought", "buy_plan", BUY, {"chips": "41"}, "buy_plan.mw_it", "buy_plan.mw_utility", "fleet.new", "fleet.stranded", "supply.used", *OVERRUN, *PAID, *HELD, *SHARES),
    broken("bought beyond the supply", "buy_plan", BUY, {"chips": "61"}, "budgets.limit", "buy_plan.mw_it", "buy_plan.mw_utility", "buy_plan.rounded", "fleet.new", "fleet.stranded", "supply.max", "supply.used", *OVERRUN, *PAID, *HELD, *SHARES),
    broken("bought after the window", "buy_plan", BUY, {"order_period": "2028"}, "buy_plan.lead_time", "buy_plan.window", "fleet.held", "fleet.new", "fleet.powered", "limits.kept", "limits.over", "supply.min", "supply.used", "vintages.lines", *OVERRUN, *SHARES),
    broken("in service before the lead time", "buy_plan", BUY, {"in_service_period": "2027"}, "buy_plan.lead_time"),
    broken("leaves before its term", "buy_plan", RESERVE, {"leaves_period": "2028"}, "buy_plan.lead_time"),
    broken("bought where it is not offered", "buy_plan", BUY, {"site": "cloud"}, "buy_plan.mw_utility", "buy_plan.offers", "fleet.held", "fleet.new", "fleet.powered", "fleet.stranded", "limits.kept", "limits.over", "limits.value", "orders.what", "vintages.lines", *MONEY),
    broken("bought through an unknown offer", "buy_plan", BUY, {"offer": "bay"}, "buy_plan.offers", "fleet.held", "fleet.new", "fleet.powered", "limits.kept", "limits.over", "supply.min", "supply.used", "vintages.lines", *OVERRUN, *SHARES),
    broken("a purchase called a lease", "buy_plan", BUY, {"action": "lease"}, "buy_plan.offers"),
    broken("another unit price", "buy_plan", BUY, {"usd_per_chip": "29000"}, "buy_plan.unit_price"),
    broken("not whole lots", "buy_plan", BUY, {"chips_rounded": "41"}, "buy_plan.rounded", "orders.quantity"),
    broken("a lot too many", "buy_plan", BUY, {"chips_rounded": "48", "lots": "6"}, "buy_plan.rounded", "orders.quantity"),
    broken("another power", "buy_plan", BUY, {"mw_it": "0.07"}, "buy_plan.mw_it"),
    broken("a line's payments", "buy_plan", RESERVE, {"total_usd": "526000"}, "buy_plan.total_usd"),
    broken("a line's discounted payments", "buy_plan", HALL, {"npv_usd": "413223.14"}, "buy_plan.npv_usd"),
    broken("another quantity handed over", "orders", BUY, {"quantity": "48"}, "orders.quantity"),
    broken("an order not handed over", "orders", RESERVE, None, "orders.rows"),
    broken("an order handed over that nobody decided", "orders", {}, {"line_id": "ghost@home@2027", "chip": "a", "site": "home", "quantity": "8"}, "orders.rows"),
    broken("an order handed over for another site", "orders", BUY, {"site": "cloud"}, "orders.what"),
    broken("a line that keeps nothing", "buy_plan", {}, {"line_id": "x", "status": "new", "action": "keep", "chip": "a", "site": "home", "chips": "5"}, "buy_plan.status"),
    broken("the fleet kept twice", "buy_plan", {}, {"line_id": "again", "status": "existing", "action": "keep", "chip": "a", "site": "home", "in_service_period": "2025", "chips": "100"}, "buy_plan.existing"),
    broken("chips below zero", "buy_plan", CANCEL, {"chips": "-6"}, "buy_plan.cancellation", "buy_plan.committed_chips", "buy_plan.status", "fleet.committed", "fleet.stranded", *OVERRUN, *PAID, *HELD, *SHARES),
    broken("one chip more retired", "buy_plan", RETIRE, {"chips": "11"}, "fleet.existing", "fleet.powered", *OVERRUN, *HELD, *SHARES),
    broken("a retirement not written", "buy_plan", RETIRE, None, "fleet.existing", "fleet.stranded", *OVERRUN, *HELD, *SHARES),
    broken("a lot retired that may not be", "buy_plan", RETIRE, {"line_id": "retire/reserve@cloud@2027@2028"}, "buy_plan.retirement", "fleet.existing", "fleet.stranded", *OVERRUN, *HELD, *SHARES),
    broken("less power built", "buy_plan", HALL, {"mw": "0.4"}, *OVERRUN, *PAID, *BUILT),
    broken("more power built than there is", "buy_plan", HALL, {"mw": "1.2"}, "projects.max", *OVERRUN, *PAID, *BUILT),
    broken("power in service before its lead", "buy_plan", HALL, {"in_service_period": "2027"}, "power.limit", "projects.lines", *OVERRUN, *BUILT),
    broken("a lot's chips in one period", "vintages", {"line_id": "reserve@cloud@2027", "period": "2028"}, {"held": "31"}, "vintages.held"),
    broken("a period of a lot missing", "vintages", {"line_id": "o1@home", "period": "2028"}, None, "vintages.held"),
    broken("a lot that nobody decided", "vintages", {}, {"line_id": "ghost@home@2027", "chip": "a", "site": "home", "period": "2027", "held": "5"}, "vintages.lines"),
    # powered and rented
    broken("powered more than held", "fleet", HOME_28, {"powered": "141"}, "fleet.idle", "fleet.powered", "research.demand", "research.share", *OVERRUN, *ENERGY, *USED),
    broken("powered less than works", "fleet", HOME_27, {"powered": "80", "stranded": "20"}, "chip_time", "fleet.idle", "research.demand", *CASH, *CARBON, *ENERGY, *USED),
    broken("a place of the fleet missing", "fleet", {"chip": "c", "period": "2027"}, None, "chip_time", "fleet.held", "fleet.new", "fleet.stranded", "power.it_mw", "research.demand", "site_loss.capacity"),
    broken("busy hours", "fleet", HOME_27, {"busy_chip_hours": "660000"}, "fleet.busy"),
    broken("rented more than there is", "rentals", {"slice": "day"}, {"chips": "21"}, "buy_plan.rentals", "fleet.idle", "fleet.rented", "limits.value", "offers.max", "rentals.hours", "rentals.usd", *OVERRUN, *PAID, *SHARES),
    broken("rented before the window", "rentals", {"slice": "day"}, {"period": "2027"}, "buy_plan.rentals", "chip_time", "fleet.idle", "fleet.rented", "limits.value", "rentals.hours", "rentals.usd", "rentals.window", *OVERRUN, *SHARES),
    broken("rented at another price", "rentals", {"slice": "day"}, {"usd_per_chip_hour": "1"}, "rentals.price"),
    broken("supply used", "supply", {"period": "2027"}, {"used": "41"}, "supply.used"),
    broken("supply limit", "supply", {"period": "2027"}, {"max_chips": "61"}, "supply.rows"),
    broken("a supply row missing", "supply", {"period": "2028"}, None, "supply.rows"),
    # work
    broken("less served", "allocation", {"period": "2027", "slice": "day", "work": "chat"}, {"chips": "39"}, "allocation.mtok", "coverage.served", "coverage.short", "demand.served", *CASH, *CARBON, *ENERGY, *BUSY, *ROW),
    broken("a row of work missing", "allocation", {"period": "2028", "slice": "night", "work": "lab"}, None, "research.done", "research.share", *OVERRUN, *ENERGY, *BUSY),
    broken("more chips at work than there are", "allocation", {"period": "2028", "slice": "day", "site": "cloud"}, {"chips": "51"}, "allocation.chip_hours", "allocation.mtok", "chip_time", "fleet.busy"),
    broken("work on a site where it may not run", "allocation", {"period": "2027", "slice": "day", "work": "lab"}, {"site": "cloud", "chip": "c"}, "allocation.cost", "allocation.eligible", "allocation.flop", "allocation.mwh", "chip_time", *CASH, *CARBON, *ENERGY, *BUSY),
    broken("tokens", "allocation", {"period": "2027", "slice": "day", "work": "chat"}, {"mtok": "315361"}, "allocation.mtok"),
    broken("FLOP of research", "allocation", {"period": "2027", "slice": "day", "work": "lab"}, {"flop": "9.5e22"}, "allocation.flop"),
    broken("energy of a row", "allocation", {"period": "2027", "slice": "day", "work": "lab"}, {"mwh": "65"}, "allocation.mwh"),
    broken("cost of a row", "allocation", {"period": "2027", "slice": "day", "work": "lab"}, {"cost_usd": "2956.53"}, "allocation.cost"),
    broken("short is hidden", "demand_coverage", {"workload": "bulk"}, {"served": "2000000", "short": "0", "short_usd": "0"}, "coverage.served", "coverage.short", "coverage.short_usd"),
    broken("demand made smaller", "demand_coverage", {"workload": "chat", "period": "2027"}, {"demand": "525000", "served": "525000"}, "coverage.demand", "coverage.served"),
    broken("a workload's period missing", "demand_coverage", {"workload": "chat", "period": "2028"}, None, "coverage.rows"),
    broken("fewer chips on a steady run by night", "allocation", {"period": "2027", "slice": "night", "work": "m1"}, {"chips": "29"}, "allocation.flop", "milestones.chip_hours", "milestones.deadline", "milestones.delivered", "milestones.finish", "milestones.late", "milestones.steady", *CASH, *CARBON, *ENERGY, *BUSY, *ROW),
    broken("a run beyond its most chips", "allocation", {"period": "2028", "slice": "day", "work": "m2"}, {"chips": "11"}, "milestones.chip_hours", "milestones.max_chips", "milestones.peak_chips", *OVERRUN, *ENERGY, *BUSY, *ROW),
    broken("a run before what it builds on", "allocation", {"period": "2028", "slice": "day", "work": "m2"}, {"period": "2027"}, "allocation.flop", "chip_time", "milestones.chip_hours", "milestones.delivered", "milestones.late", "milestones.late_usd", "milestones.window", *OVERRUN, *CARBON, *ENERGY, *BUSY, *ROW),
    broken("a run finished that is late", "milestones", {"milestone": "m2"}, {"planned_finish": "2028"}, "milestones.finish"),
    broken("lateness hidden", "milestones", {"milestone": "m2"}, {"late_flop": "0", "late_usd": "0", "delivered_flop": "5e22"}, "milestones.delivered", "milestones.late", "milestones.late_usd"),
    broken("a run missing", "milestones", {"milestone": "m1"}, None, "milestones.rows"),
    broken("a contingency that serves too little", "site_loss", {"lost_site": "home", "period": "2027", "slice": "day"}, {"chips": "15"}, "site_loss.served"),
    broken("a contingency beyond the chips", "site_loss", {"lost_site": "home", "period": "2027", "slice": "day"}, {"chips": "31"}, "site_loss.capacity"),
    broken("a contingency on the lost site", "site_loss", {"lost_site": "home", "period": "2027", "slice": "day"}, {"site": "home", "chip": "a"}, "site_loss.rows", "site_loss.served"),
    broken("a contingency missing", "site_loss", {"lost_site": "cloud", "period": "2028", "slice": "night"}, None, "site_loss.served"),
    # power
    broken("power used", "power", HOME_27, {"used_mw": "0.265"}, "power.used_mw"),
    broken("a power limit raised", "power", HOME_27, {"limit_mw": "0.4", "free_mw": "0.125"}, "power.free_mw", "power.limit_mw"),
    broken("energy", "power", HOME_27, {"energy_mwh": "1919"}, "power.energy_mwh"),
    broken("carbon", "power", HOME_28, {"tonnes_co2": "954"}, "power.tonnes_co2"),
    broken("a site's period missing", "power", HOME_27, None, "power.rows"),
    # money
    broken("a cost tampered with", "costs", {"term": "energy", "period": "2027"}, {"nominal_usd": "76795.00"}, "costs.nominal", "costs.places", "plan.totals"),
    broken("a discounted cost tampered with", "costs", {"term": "energy", "period": "2027"}, {"discounted_usd": "69813.50"}, "costs.discounted", "plan.objective", "plan.totals"),
    broken("a cent", "costs", {"term": "short", "period": "2028"}, {"discounted_usd": "40510.90"}, "plan.objective", "plan.totals"),
    broken("a cost missing", "costs", {"term": "decommissioning"}, None, "plan.objective", "plan.totals", *MONEY),
    broken("a cost at another site", "costs", {"term": "rental"}, {"site": "home"}, "costs.places"),
    broken("a cost in another period", "costs", {"term": "rental"}, {"period": "2027"}, *ELSEWHERE),
    broken("a cost that is no term", "costs", {"term": "rental"}, {"term": "bribes"}, "costs.rows", "plan.totals", *ELSEWHERE),
    broken("an expense called capex", "costs", {"term": "rental"}, {"category": "capex"}, "costs.rows", "plan.totals", *ELSEWHERE),
    broken("a budget raised", "budget", {"period": "2027", "category": "capex"}, {"limit_usd": "310000"}, "budget.limit_usd"),
    broken("cash hidden", "budget", {"period": "2028", "category": "opex"}, {"paid_usd": "584000"}, "budget.paid_usd"),
    broken("an overrun hidden", "budget", {"period": "2028", "category": "all"}, {"over_usd": "0"}, "budget.over_usd"),
    broken("a budget row missing", "budget", {"period": "2027", "category": "capex"}, None, "budget.rows"),
    broken("a policy's value", "limits", {"limit": "cloudy"}, {"value": "700000"}, "limits.value"),
    broken("a policy's bound", "limits", {"limit": "second", "period": "2027"}, {"bound": "12"}, "limits.bound"),
    broken("a policy's overrun hidden", "limits", {"limit": "carbon"}, {"over": "0"}, "limits.over"),
    broken("a policy missing", "limits", {"limit": "cloudy"}, None, "limits.rows"),
    # the inputs themselves: the plan no longer fits the case
    broken("dearer chips in the inputs", "inputs/offers", {"offer": "buy"}, {"usd_per_chip": "31000"}, "buy_plan.unit_price", *OVERRUN, *PAID, *SHARES),
    broken("more demand in the inputs", "inputs/demand", {"workload": "chat", "period": "2027"}, {"output_mtok": "525700"}, "coverage.demand", "coverage.short", "demand.served", "site_loss.served"),
    broken("less power in the inputs", "inputs/power", {"period": "2027"}, {"mw": "0.27"}, "power.free_mw", "power.limit", "power.limit_mw"),
    broken("less supply in the inputs", "inputs/supply", {"period": "2027"}, {"max_chips": "39"}, "supply.max", "supply.max_rounded", "supply.rows"),
    broken("a minimum in the inputs", "inputs/supply", {"period": "2028"}, {"min_chips": "1"}, "files.inputs"),
    broken("a rule in the inputs", "inputs/rules", {}, {"chip": "a", "site": "home", "reason": "no more of these"}, "buy_plan.rules", *MONEY),
    broken("a rule against work in the inputs", "inputs/rules", {}, {"workload": "lab", "from": "2028", "reason": "no research"}, "allocation.rules"),
    broken("a smaller budget in the inputs", "inputs/budgets", {"category": "capex"}, {"usd_max": "254000"}, "budget.limit_usd", "budget.over_usd", "budgets.limit"),
    broken("a stricter policy in the inputs", "inputs/limits", {"limit": "second"}, {"min_share": "0.23"}, "limits.bound", "limits.kept", "limits.over"),
    broken("a bigger run in the inputs", "inputs/milestones", {"milestone": "m1"}, {"flop": "4.74e23"}, "files.inputs"),
    broken("more to survive in the inputs", "inputs/workloads", {"workload": "chat"}, {"survive_site_loss": "0.21"}, "site_loss.served"),
    broken("fewer chips in the fleet of the inputs", "inputs/fleet", {"chip": "a"}, {"chips": "99"}, "buy_plan.existing_chips", "fleet.existing", "fleet.powered", *OVERRUN, *HELD, *SHARES),
]


def test_hand_made_plan_passes(tmp_path: Path) -> None:
    report = audited(copy(tmp_path))
    assert report.ok, str(report)
    assert len(report.checks) > 90
    assert len({check.name for check in report.checks}) == len(report.checks)


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: case.name)
def test_one_thing_broken_is_found(case: Break, tmp_path: Path) -> None:
    folder = copy(tmp_path)
    edit(folder / f"{case.file}.csv", case.where, case.change)
    seal(folder)
    report = audited(folder)
    assert {check.name for check in report.failed} == case.fails, str(report)
