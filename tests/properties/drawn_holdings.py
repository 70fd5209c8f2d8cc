"""What is held or on order in more ways than one: leases, several contracts side by side, contracts
signed, chips on their way from another site, orders that a supply group counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

CONTRACTS = ("reserved", "reserved_1y", "reserved_3y", "capacity_block")

Row = dict[str, Any]


def draw_holdings(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """Lots and orders beside those that ``draw_fleet`` drew; drawn last, as fabrics are."""
    if not frame.some(6):
        return
    by_arrival = any(row["basis"] == "arrival" for row in tables["supply"])
    for site in frame.places:
        own = site in frame.home
        for chip in frame.chips:
            for lot in ("1y", "3y") if frame.some(3) else ():
                tables["fleet"].append(_lot(frame, chip, site, lot))
            if frame.some(3):
                tables["orders"].append(_order(frame, chip, site, bool(tables["supply"])))
            if own and frame.some(2):
                tables["orders"].append(_moving(frame, chip, site))
    if by_arrival and tables["orders"] and frame.some(7):
        row = frame.pick(*tables["orders"])
        if "in_service" not in row:
            row["supply_group"] = "g"


def _terms(frame: Frame, row: Row, kind: str) -> Row:
    """Attrition of its own and a price as a kind has it."""
    if kind == "purchase":
        row["usd_per_chip"] = frame.pick(None, frame.number(1e4, 4e4))
    else:
        row |= {
            "usd_per_chip": frame.pick(0, 2000),
            "usd_per_chip_hour": frame.number(0.3, 3),
        }
    if frame.some(2):
        row["annual_attrition"] = 0.1
    return row


def _lot(frame: Frame, chip: str, site: str, lot: str) -> Row:
    """One of several lots of one chip, site and period."""
    own = site in frame.home
    kind = frame.pick("purchase", "lease") if own else frame.pick(*CONTRACTS)
    row = {
        "chip": chip,
        "site": site,
        "in_service": frame.label(-2),
        "lot": lot,
        "kind": kind,
        "chips": frame.number(1, 15),
        "leaves_service": frame.label(frame.whole(0, frame.periods + 2)),
        "retire_early": frame.pick("no", "yes"),
    }
    if frame.some(4):
        row |= {"ordered": frame.label(-3), "paid_share": frame.pick(0, 0.3)}
    return _terms(frame, row, kind)


def _order(frame: Frame, chip: str, site: str, groups: bool) -> Row:
    """A purchase, lease or contract that is on order."""
    own = site in frame.home
    kind = frame.pick("purchase", "lease") if own else frame.pick(*CONTRACTS)
    arrives = frame.whole(0, frame.periods - 1)
    row = {
        "order": f"signed_{chip}_{site}",
        "chip": chip,
        "site": site,
        "kind": kind,
        "arrives": frame.label(arrives),
        "chips": frame.number(1, 10),
        "paid_share": frame.pick(0, 0.3, 1),
        "ordered": frame.pick(None, frame.label(-1)),
        "leaves_service": frame.label(arrives + frame.whole(1, 3)),
        "retire_early": frame.pick("no", "yes"),
        "cancel_fee_share": frame.pick(None, None, 0.2),
        "supply_group": frame.pick("", "g") if groups else None,
    }
    row = _terms(frame, row, kind)
    return row | {"usd_per_chip": row["usd_per_chip"] or frame.pick(0, 1000)}


def _moving(frame: Frame, chip: str, site: str) -> Row:
    """Chips on their way to a site of ours."""
    kind = frame.pick("purchase", "lease")
    arrives = frame.whole(0, frame.periods - 1)
    row = {
        "order": f"moving_{chip}_{site}",
        "chip": chip,
        "site": site,
        "kind": kind,
        "arrives": frame.label(arrives),
        "in_service": frame.label(-frame.whole(1, 3)),
        "chips": frame.number(1, 10),
        "leaves_service": frame.label(arrives + frame.whole(1, 3)),
        "retire_early": frame.pick("no", "yes"),
    }
    if frame.some(4):
        row |= {"ordered": frame.label(-4), "paid_share": frame.pick(0, 0.3)}
    return _terms(frame, row, kind)


def draw_power_orders(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """Projects ordered before the plan, of the sites that have a limit, some of them projects that
    more can be ordered of."""
    projects = {row["site"]: row for row in tables["power_projects"]}
    tables["power_orders"] = []
    for site in dict.fromkeys(row["site"] for row in tables["power"]):
        if not frame.some(3):
            continue
        known = projects.get(site) if frame.some(6) else None
        most = known["mw_max"] if known else 0.03
        for ordered in (-3, -1) if frame.some(3) else (-2,):
            tables["power_orders"].append(
                {
                    "project": known["project"] if known else f"q_{site}",
                    "site": site,
                    "ordered": frame.label(ordered),
                    "arrives": frame.label(frame.whole(ordered, frame.periods)),
                    "mw": round(most * frame.pick(0, 0.2, 0.5), 6),
                    "usd_per_mw": frame.number(1e5, 2e6),
                    "paid_share": frame.pick(0, 0.3, 1),
                    "usd_per_mw_period": frame.pick(0, 1e4),
                    "life_years": frame.pick(0.25, 2, 10),
                    "liquid_share": frame.pick(0, 0.5, 1),
                }
            )
