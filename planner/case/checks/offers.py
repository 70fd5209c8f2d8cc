"""Offers: where a kind can be placed, when it can be ordered and for how long it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, codes, exploded, flags, keys, numbers, texts, whole
from planner.case.kinds import BURST_KINDS, OWN_KINDS, TERM_KINDS
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def placement(case: Case) -> list[Problem]:
    """Purchase, lease and relocate stand at owned or colo sites, every other kind at cloud
    sites."""
    offers, sites = case["offers"], case["sites"]
    row, name = exploded(texts(offers, "site"))
    cloud = (texts(sites, "kind") == "cloud")[codes(texts(sites, "site"), name)]
    own = np.isin(texts(offers, "kind"), OWN_KINDS)
    wrong = np.flatnonzero(cloud == own[row])
    first = np.full(len(offers), "", dtype=object)
    first[row[wrong][::-1]] = name[wrong][::-1]
    bad = first != ""
    problems = rows(
        Cells(case, "offers", "site", bad & own),
        "offer-at-cloud",
        "must be owned or colo sites for kind {kind}; {first} is a cloud region",
        "remove the site from {offer}, or give it a contract of the cloud (reserved, on_demand, "
        "spot, capacity_block)",
        first=first,
    )
    problems += rows(
        Cells(case, "offers", "site", bad & ~own),
        "offer-not-at-cloud",
        "must be cloud sites for kind {kind}; {first} is not one",
        "remove the site from {offer}, or make it a purchase or a lease",
        first=first,
    )
    nowhere = np.fromiter(map(len, offers["site"]), dtype=np.int64, count=len(offers)) == 0
    where = np.where(own, "owned or colo", "cloud").astype(object)
    return problems + rows(
        Cells(case, "offers", "site", nowhere),
        "offer-nowhere",
        "needs a {where} site for kind {kind}; the case has none",
        "add the site to sites.csv, or remove {offer}",
        where=where,
    )


def relocation(case: Case) -> list[Problem]:
    """A relocation names the owned or colo site that chips leave, and the fleet has such chips
    there; no other kind does."""
    offers, sites, fleet = case["offers"], case["sites"], case["fleet"]
    moves = texts(offers, "kind") == "relocate"
    source = texts(offers, "from_site")
    problems = rows(
        Cells(case, "offers", "from_site", moves & (source == "")),
        "relocate-from",
        "needs the site that the chips of {offer} leave",
        "fill in from_site",
    )
    problems += rows(
        Cells(case, "offers", "from_site", ~moves & (source != "")),
        "from-site-kind",
        "must be blank for kind {kind}; only relocate moves chips",
        "clear the cell, or make the kind relocate",
    )
    named = moves & (source != "")
    cloud = np.isin(source, texts(sites, "site")[texts(sites, "kind") == "cloud"])
    problems += rows(
        Cells(case, "offers", "from_site", named & cloud),
        "relocate-from-cloud",
        "must be an owned or colo site; rented chips cannot be moved",
        "correct from_site, or remove {offer}",
    )
    row, name = exploded(texts(offers, "site"))
    to_itself = np.bincount(row[name == source[row]], minlength=len(offers)) > 0
    problems += rows(
        Cells(case, "offers", "site", named & to_itself),
        "relocate-to-itself",
        "must be other sites than from_site ({from_site})",
        "remove {from_site} from site",
    )
    staying = fleet[(fleet["chips"] > 0) & (fleet["leaves_service"] > 0)]
    there = set(keys(staying, ("chip", "site")))
    has = np.array([key in there for key in keys(offers, ("chip", "from_site"))], dtype=bool)
    return problems + rows(
        Cells(case, "offers", "from_site", named & ~cloud & ~has),
        "relocate-no-fleet",
        # no error: in a later quarter all of them may have left, and others may come
        "needs a site where fleet.csv has {chip} in service; {from_site} has none, and as it "
        "stands {offer} is left out",
        "correct chip or from_site, or remove {offer}",
        severity="warning",
    )


def burst_terms(case: Case) -> list[Problem]:
    """On-demand and spot have no lead, no term, no deposit and no up-front price."""
    offers = case["offers"]
    burst = np.isin(texts(offers, "kind"), BURST_KINDS)
    problems = []
    for column, bad in (
        ("lead_periods", numbers(offers, "lead_periods") != 0),
        ("term_periods", numbers(offers, "term_periods") > 1),
        ("deposit_share", numbers(offers, "deposit_share") > 0),
        ("usd_per_chip", numbers(offers, "usd_per_chip") > 0),
    ):
        allowed = "0" if column == "lead_periods" else "blank"
        problems += rows(
            Cells(case, "offers", column, burst & bad),
            "burst-terms",
            f"must be {allowed} for kind {{kind}}, which is rented by the hour",
            f"write {allowed}, or make {{offer}} a reservation"
            if column == "lead_periods"
            else "clear the cell, or make {offer} a reservation",
        )
    return problems


def relocate_terms(case: Case) -> list[Problem]:
    """A relocation has no deposit, hourly price or supply group: its price is paid when the chips
    leave."""
    offers = case["offers"]
    moves = texts(offers, "kind") == "relocate"
    problems = []
    for column, bad in (
        ("deposit_share", numbers(offers, "deposit_share") > 0),
        ("usd_per_chip_hour", numbers(offers, "usd_per_chip_hour") > 0),
        ("supply_group", texts(offers, "supply_group") != ""),
    ):
        problems += rows(
            Cells(case, "offers", column, moves & bad),
            "relocate-terms",
            "must be blank for kind relocate: usd_per_chip is paid when the chips leave, and no "
            "new chips are needed",
            "clear the cell",
        )
    return problems


def term_known(case: Case) -> list[Problem]:
    """Reservations and capacity blocks state their term."""
    offers = case["offers"]
    term = numbers(offers, "term_periods")
    lacks = np.isin(texts(offers, "kind"), ["reserved", "capacity_block"]) & ~(term >= 1)
    blank = [""] * len(offers)
    return rows(
        Cells(case, "offers", "term_periods", lacks),
        "term-missing",
        "needs the number of periods that {offer} runs",
        "fill in term_periods",
        value=blank,
    )


def least_and_most(case: Case) -> list[Problem]:
    """The fewest chips per period are at most the most."""
    offers = case["offers"]
    return rows(
        Cells(
            case,
            "offers",
            "min_per_period",
            numbers(offers, "min_per_period") > numbers(offers, "max_per_period"),
        ),
        "minimum-above-maximum",
        "must be at most max_per_period ({max_per_period})",
        "correct one of the two",
    )


def early_leaving(case: Case) -> list[Problem]:
    """retire_early is for purchases, cancellable for contracts that are held."""
    offers = case["offers"]
    kind = texts(offers, "kind")
    held = np.isin(kind, TERM_KINDS)
    problems = rows(
        Cells(case, "offers", "retire_early", flags(offers, "retire_early") & (kind != "purchase")),
        "retire-early-kind",
        "must be no for kind {kind}: only bought chips are retired",
        "clear the cell; a contract that may end early is `cancellable`",
    )
    return problems + rows(
        Cells(case, "offers", "cancellable", flags(offers, "cancellable") & ~held),
        "cancellable-kind",
        "must be no for kind {kind}: only leases, reservations and blocks are cancelled",
        "clear the cell; bought chips that may leave early are `retire_early`",
    )


def open_periods(case: Case) -> Bools:
    """Return in which periods an offer can be ordered (used, for on-demand and spot), (F, T)."""
    offers, periods = case["offers"], np.arange(case.calendar.count)
    first, last = whole(offers, "first_order")[:, None], whole(offers, "last_order")[:, None]
    burst = np.isin(texts(offers, "kind"), BURST_KINDS)[:, None]
    in_time = periods + whole(offers, "lead_periods")[:, None] < case.calendar.count
    return np.asarray((periods >= first) & (periods <= last) & (burst | in_time))
