"""The words of headers, declared once: what people call the columns of the case, what a row or a
column is about, totals and notes."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

from planner.case.tables import TABLE

ROLES: Final = {
    "period": "period quarter month date year day time quartal monat jahr datum zeitraum week",
    "measure": "measure metric kpi kennzahl figure",
    "unit": "unit units uom einheit",
    "note": "note notes comment comments remark remarks bemerkung kommentar source quelle owner "
    "status",
}
"""What a column of labels says, but for names, by its header."""

NAMED: Final = {
    "workload": "workload product service application app produkt dienst",
    "site": "site location datacenter datacentre data-center dc campus facility hall standort",
    "chip": "chip gpu accelerator hardware device processor accelerators gpus",
    "offer": "offer quote sku",
    "region": "region geo geography",
    "model": "model llm",
    "tier": "tier",
    "milestone": "milestone run",
    "vendor": "vendor manufacturer supplier oem hersteller maker",
    "country": "country land",
    "supply_group": "supply-group supply_group group",
    "class": "class",
    "profile": "profile",
    "slice": "slice",
    "project": "project",
}
"""What names stand for, by the word of a header."""

PHRASES: Final = {
    "demand.output_mtok": "output tokens|tokens out|output|generated tokens|completion tokens|"
    "decode tokens|ausgabe tokens|ausgabetokens",
    "demand.input_mtok": "input tokens|=tokens in|prompt tokens|input|prefill tokens|"
    "eingabe tokens|eingabetokens",
    "demand.cached_mtok": "cached tokens|cached input|cached input tokens|cache reads|cache hits|"
    "cached",
    "demand.flop": "research compute|research flop|flop",
    "power.mw": "power|it power|power limit|available power|power available|it load|capacity|"
    "leistung|it leistung|power capacity|power ramp",
    "power.liquid_mw": "liquid|liquid cooled|liquid power|liquid cooling|liquid cooled power",
    "energy.usd_per_mwh": "energy price|electricity price|power price|tariff|strompreis|"
    "electricity|energy cost|electricity cost|energy rate",
    "energy.kg_co2_per_mwh": "carbon|carbon intensity|co2|emission factor|emissions",
    "energy.usd_per_kw_month_demand": "demand charge",
    "sites.usd_per_mwh": "energy price|electricity price|power price|tariff|strompreis|energy cost",
    "sites.kg_co2_per_mwh": "carbon|carbon intensity|co2|emission factor",
    "sites.usd_per_kw_month_demand": "demand charge",
    "sites.usd_per_kw_month": "rent|colo rent|space and staff|colocation",
    "sites.pue": "pue",
    "site_contracts.kw": "contracted kw|leased kw|rented kw|contract capacity",
    "site_contracts.usd_per_kw_month": "rent|colo rent|contract rent|rate per kw",
    "supply.max_chips": "allocation|max chips|supply|available|max|maximum|upper|allocated",
    "supply.min_chips": "min chips|take or pay|minimum|committed|min|commitment",
    "limits.min": "minimum spend|committed spend|spend commitment|least|minimum",
    "growth.max_growth": "growth|max growth|ramp rate|growth rate|wachstum",
    "growth.seed": "seed|start amount|startmenge",
    "growth.before": "last period|installed before|before",
    "offer_prices.usd_per_chip": "price per chip|unit price|chip price|purchase price|price",
    "offer_prices.usd_per_chip_hour": "hourly price|price per hour|hourly rate|rental price|price",
    "offers.usd_per_chip": "price per chip|unit price|chip price|purchase price|price|list price",
    "offers.usd_per_chip_hour": "hourly price|price per hour|hourly rate|rental price|price",
    "offers.lead_periods": "lead time|lead",
    "offers.max_per_period": "max per period|max per quarter|quantity available|max units",
    "chips.kw_peak": "peak power|all in power|power|system power|max power|peak draw|power draw",
    "chips.kw_idle": "idle power|idle|idle draw",
    "chips.peak_tflops_bf16": "bf16|dense bf16|bf16 dense|bf16 peak",
    "chips.peak_tflops_fp8": "fp8|dense fp8|fp8 dense|fp8 peak",
    "chips.peak_tflops_fp4": "fp4|dense fp4|fp4 dense|fp4 peak",
    "chips.hbm_gb": "memory|hbm|vram|memory size|memory capacity|hbm capacity",
    "chips.hbm_gb_per_s": "bandwidth|memory bandwidth|hbm bandwidth",
    "fleet.lot_size": "chips per rack|rack size",
    "orders.lot_size": "chips per rack|rack size",
    "chips.lot_size": "rack size|chips per rack|gpus per rack|lot size",
    "chips.vendor": "vendor|manufacturer|maker|hersteller",
    "chips.family": "family|architecture|generation",
    "chips.cooling": "cooling|kühlung",
    "availability.availability": "availability|uptime|verfügbarkeit",
    "chips.technical_life_years": "technical life|service life|physical life",
    "chips.economic_life_years": "life|useful life|economic life|depreciation",
    "fleet.chips": "count|units|quantity|installed|chips|gpus",
    "fleet.in_service": "in service|in service since|installed on|commissioned|live since",
    "throughput.output_tok_per_s": "output tokens|output throughput|throughput|output",
    "throughput.input_tok_per_s": "input tokens|input throughput|prefill throughput|input",
    "milestones.flop": "flop|training compute|compute",
    "milestones.params_b": "parameters|params|active parameters",
    "milestones.tokens_t": "training tokens|tokens",
    "milestones.deadline": "deadline|due|finish by|needed by",
    "workloads.usd_per_mtok": "price per million tokens|price per mtok|list price|token price",
    "commitments.discount": "savings|savings rate",
    "commitments.max_usd_per_hour": "hourly commitment|commitment per hour",
    "commitments.usd_per_hour": "committed per hour|committed spend",
    "token_offers.usd_per_mtok_output": "output price|price per million output tokens",
    "token_offers.usd_per_mtok_input": "input price|price per million input tokens",
    "token_offers.usd_per_mtok_cached": "cached price|cached input price",
    "token_offers.max_mtok": "token limit|token quota|quota",
    "token_offers.min_usd": "minimum spend|least spend|minimum commitment",
    "token_prices.usd_per_mtok_output": "output price|price per million output tokens",
    "token_prices.usd_per_mtok_input": "input price|price per million input tokens",
    "token_prices.usd_per_mtok_cached": "cached price|cached input price",
    "budgets.usd_max": "budget|amount|cap",
}
"""What people call a column, by table and column; its declared name says it as well.  A phrase
after ``=`` is the whole header: ``tokens in`` is, ``tokens in millions`` says something else."""

CONFUSED: Final = {"tdp": "a TDP is not the all-in draw of a chip"}
"""Words that look like a column's and say something else."""

_TOTAL: Final = re.compile(
    r"(?:grand[\s-]*|sub[\s-]*|zwischen)?(?:total|totals|sum|summe|gesamt|gesamtsumme|sub-?total)"
    r"(?:[\s:,–-].*)?|.*\b(?:sub)?total|.*\bsumme|all (?:sites|products|workloads|services|regions)"
    r"|σ|∑",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(
    r"(?:\*|†|‡|\d\)|\(\d\)|note|notes|source|sources|nb\b|n\.b\.|disclaimer|legend|"
    r"confidential|draft|as of|prepared|contact|assum|hinweis|quelle|stand\b|remark|comment|"
    r"figures|all figures|values|exported|generated|filter).*",
    re.IGNORECASE | re.DOTALL,
)
_PIVOT: Final = re.compile(
    r"(?:sum|summe|average|mittelwert|count|total)\s+(?:of|von)\s+(?P<what>.+)", re.IGNORECASE
)
PLAIN: Final = (
    "value",
    "values",
    "amount",
    "quantity",
    "wert",
    "betrag",
    "menge",
    "number",
    "total",
)
"""Headers of figures that say nothing of them."""
PIVOT_LABELS: Final = (
    "row labels",
    "column labels",
    "zeilenbeschriftungen",
    "spaltenbeschriftungen",
    "values",
    "werte",
)


@functools.lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """Return a name without what people write otherwise: case, accents, spaces and dashes."""
    text = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^0-9a-z+.]+", "", "".join(c for c in text if not unicodedata.combining(c)))


@functools.lru_cache(maxsize=65_536)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a header, in lower case."""
    return tuple(re.findall(r"[0-9a-zäöüß]+(?:[-.][0-9a-z]+)*", text.lower().replace("_", " ")))


def is_total(text: str) -> bool:
    """Return whether a label is that of a sum."""
    text = text.strip()
    return len(text) <= 80 and _TOTAL.fullmatch(text) is not None and not _PIVOT.fullmatch(text)


def is_note(text: str) -> bool:
    """Return whether a text is a remark rather than a label."""
    return _NOTE.fullmatch(text.strip()) is not None or len(text) > 80


def of_pivot(text: str) -> str:
    """Return what a pivot table sums: of ``Sum of Output tokens``, ``Output tokens``."""
    match = _PIVOT.fullmatch(text.strip())
    return match["what"] if match else text


def role_of(text: str) -> str:
    """Return what the header of a column of labels says of it: period, measure, unit, note, or what
    its names stand for; nothing where it says none of these."""
    words = words_of(text)
    low = text.strip().lower()
    for role, known in (*ROLES.items(), *NAMED.items()):
        if low.replace(" ", "-") in known.split() or low in known.split():
            return role
    found = [
        role
        for role, known in (*NAMED.items(), *ROLES.items())
        if any(word in known.split() or word.rstrip("s") in known.split() for word in words)
    ]
    return found[0] if len(words) <= 3 and found else ""


@functools.cache
def _phrases() -> tuple[tuple[frozenset[str], str, str, bool], ...]:
    found: list[tuple[frozenset[str], str, str, bool]] = []
    for table in TABLE.values():
        for column in table.columns:
            if column.name in ("note", "source", "as_of"):
                continue
            spoken = PHRASES.get(f"{table.name}.{column.name}", "")
            phrases = [*spoken.split("|"), column.name.replace("_", " ")]
            found += [
                (frozenset(words_of(p)), table.name, column.name, p[:1] == "=")
                for p in phrases
                if p
            ]
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def columns_of(text: str) -> tuple[tuple[str, str, int], ...]:
    """Return the columns that a header can be meant for: table, column, and how many of its words
    say so, the best of each table first."""
    words = frozenset(word for w in words_of(text) for word in (w, *w.split("-")))
    exact = text.strip().lower()
    best: dict[tuple[str, str], int] = {}
    for phrase, table, column, whole in _phrases():
        if (phrase == words if whole else phrase <= words) or exact == column:
            score = 99 if exact == column else len(phrase)
            best[table, column] = max(best.get((table, column), 0), score)
    return tuple((*key, score) for key, score in sorted(best.items(), key=lambda item: -item[1]))
