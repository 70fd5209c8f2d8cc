"""Rules, budgets, limits and the last plan of a random case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

Row = dict[str, Any]


def draw_policies(frame: Frame, tables: dict[str, list[Row]]) -> None:
    tables["rules"], tables["budgets"], tables["limits"], tables["last_plan"] = [], [], [], []
    if frame.some(4):
        rule: Row = {"reason": "policy"} | frame.pick(
            {"chip": "a", "site": frame.places[0]},
            {"vendor": "v1", "country": "US"}
            if any(c["vendor"] == "v1" for c in tables["chips"]) and set(frame.places) != {"away"}
            else {"chip": "a"},
        )
        work = frame.pick(
            {},
            {"workload": tables["workloads"][0]["workload"]} if tables["workloads"] else {},
            {"milestone": "m0"} if tables["milestones"] else {},
        )
        tables["rules"].append(
            rule
            | work
            | {
                "from": frame.pick("", frame.label(frame.periods - 1)),
                "to": frame.pick("", frame.label(frame.periods - 1)),
            }
        )
    frame = frame.of("budgets")
    cash = 2e5 * frame.quarters
    for category in ("capex", "opex", "all"):
        if frame.some(3):
            t, hard = frame.whole(0, frame.periods - 1), frame.some(2)
            name = frame.label(t) if frame.some(6) or frame.frequency == "year" else "FY2027"
            tables["budgets"].append(
                {
                    "period": name,
                    "category": category,
                    "usd_max": frame.number(0.1, 1) * cash * (50 if hard else 1),
                    "over_usd_per_usd": None if hard else frame.number(0.05, 1),
                }
            )
    frame = frame.of("limits")
    for i in range(frame.pick(0, 0, 1, 2)):
        scope = frame.pick("vendor", "chip", "site", "region", "country", "all")
        member = {
            "vendor": tables["chips"][0]["vendor"],
            "chip": "a",
            "site": frame.places[-1],
            "region": tables["sites"][-1]["region"],
            "country": tables["sites"][-1]["country"],
            "all": "",
        }[scope]
        what = frame.pick("spend", "chips", "power", "carbon")
        bound = frame.pick("max", "max", "max_share", "min_share") if scope != "all" else "max"
        size = {"spend": 1e5, "chips": 5, "power": 0.005, "carbon": 5}[what] * frame.pick(0.5, 1, 4)
        charge = {"spend": 0.3, "chips": 500, "power": 1e6, "carbon": 200}[what]
        row: Row = {
            "limit": f"l{i}",
            "scope": scope,
            "member": member,
            "measure": what,
            bound: size if bound == "max" else frame.number(0.1, 0.9),
            "over_usd_per_unit": charge,
        }
        if bound == "min_share" and frame.some(5):
            row["max"] = size
        if frame.some(2):
            row |= {"over_usd_per_unit": None} | ({"max": size * 1000} if bound == "max" else {})
        row["period"] = frame.pick("", frame.label(frame.periods - 1), "FY2027")
        tables["limits"].append(row)
    frame = frame.of("last plan")
    if frame.some(4):
        for row in tables["offers"]:
            if (
                row["kind"] in ("purchase", "lease", "reserved")
                and row["lead_periods"] == 0
                and "first_order" not in row
            ):
                action = {"purchase": "buy", "lease": "lease", "reserved": "reserve"}[row["kind"]]
                site = "home" if row["site"] == "*" else row["site"]
                chips = frame.number(1, 2)
                tables["last_plan"] += [
                    {
                        "offer": row["offer"],
                        "site": site,
                        "order_period": frame.label(t),
                        "chips": chips,
                        "action": action,
                        "status": "new",
                    }
                    for t in range(frame.whole(1, 2))
                ]
        for row in tables["power_projects"] if tables["last_plan"] else []:
            if row["first_order"] == frame.label(0):
                tables["last_plan"].append(
                    {
                        "offer": row["project"],
                        "site": row["site"],
                        "order_period": frame.label(0),
                        "mw": 0.001,
                        "action": "build_power",
                        "status": "new",
                    }
                )
