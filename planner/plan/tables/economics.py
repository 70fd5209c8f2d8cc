"""Economics: who is charged what in every period, and what a million tokens costs and earns."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

SHOWBACK: Final = Table(
    "showback",
    "What every workload and milestone costs in every period by the books and in cash, and who is "
    "charged. A period's costs of a chip type are shared by chip-hours of work on it, those of a "
    "site without a chip by chip-hours x kw_peak there; the rows of a period sum to cost_usd (and "
    "cash_usd) of pnl.csv.",
    (
        C(
            "kind",
            "choice",
            "Kind of work; idle: chips and sites with no work in the period, which nobody is "
            "charged for.",
            allowed=("online", "batch", "research", "milestone", "idle"),
        ),
        C("work", "name", "Workload or milestone; blank for idle."),
        C("period", "period", "Period."),
        C("owner", "text", "Who pays, as workloads.csv and milestones.csv say; blank = not said."),
        C("chip_hours", "number", "Chip-hours at work.", "chip-hours"),
        C("peak_mwh", "number", "chip-hours x kw_peak: power it occupies.", "MWh"),
        C("mtok", "number", "Work tokens served.", "million tokens"),
        C("flop", "number", "FLOP delivered.", "FLOP"),
        C(
            "capital_usd",
            "number",
            "Its share of depreciation, amortisation and write-offs, a part of cost_usd.",
            "USD",
        ),
        C(
            "cost_usd",
            "number",
            "Its share of the period's cost by the books.",
            "USD",
        ),
        C("cash_usd", "number", "Its share of the cash paid in the period.", "USD"),
    ),
    key=("kind", "work", "period"),
)

ECONOMICS: Final = Table(
    "economics",
    "What a million tokens costs and earns over the plan, by workload and by model; of a model "
    "also with its training and research. Nominal and by the books unless it says otherwise.",
    (
        C("kind", "choice", "workload or model.", allowed=("workload", "model")),
        C("name", "name", "Workload or model."),
        C("model", "name", "Model that it serves."),
        C("mtok", "number", "Work tokens served.", "million tokens"),
        C("chip_hours", "number", "Chip-hours of serving.", "chip-hours"),
        C(
            "marginal_usd_per_mtok",
            "number",
            "One more: the dual value, discounted over discounted tokens (unit_costs.csv).",
            "USD/Mtok",
        ),
        C(
            "full_usd_per_mtok",
            "number",
            "Full and levelised: discounted cost over discounted tokens (unit_costs.csv).",
            "USD/Mtok",
        ),
        C("books_usd_per_mtok", "number", "cost_usd of showback.csv over tokens.", "USD/Mtok"),
        C("cash_usd_per_mtok", "number", "cash_usd of showback.csv over tokens.", "USD/Mtok"),
        C(
            "tok_per_s_per_mw",
            "number",
            "Tokens per second from one MW of IT power at kw_peak.",
            "tokens/s/MW",
        ),
        C(
            "mtok_per_usd_capital",
            "number",
            "Tokens per USD of depreciation, amortisation and write-offs.",
            "Mtok/USD",
        ),
        C(
            "usd_per_mtok",
            "number",
            "Price charged (of a model: mean over tokens; blank unless all its workloads have "
            "one).",
            "USD/Mtok",
        ),
        C(
            "margin_usd_per_mtok",
            "number",
            "Price less cost by the books of serving.",
            "USD/Mtok",
        ),
        C("margin_usd_per_chip_hour", "number", "The same per chip-hour.", "USD/chip-hour"),
        C(
            "margin_usd_per_mw_year",
            "number",
            "The same per MW of IT power at kw_peak and year of work.",
            "USD/MW/year",
        ),
        C("serving_usd", "number", "Of a model: cost by the books of serving it.", "USD"),
        C(
            "training_usd",
            "number",
            "Of a model: of the milestones that train it; blank where no milestone names a model.",
            "USD",
        ),
        C(
            "research_usd",
            "number",
            "Of a model: its part of all research, shared like the training of models.",
            "USD",
        ),
        C(
            "serving_to_training",
            "number",
            "Serving over training and research.",
            "ratio",
        ),
        C(
            "whole_usd_per_mtok",
            "number",
            "Serving, training and research of the plan over the tokens of the plan.",
            "USD/Mtok",
        ),
    ),
    key=("kind", "name"),
)
