"""Faults in the equations of work, training and limits."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "equations",
        "model.work",
        (
            "_token_rate",
            "('cached_mtok', 'cached_tok_per_s')",
            "('cached_mtok', 'input_tok_per_s')",
            "cached tokens at the speed of computed ones",
        ),
        (
            "_token_rate",
            "numbers(table, 'calibration')[found][:, :, None] * _gains",
            "_gains",
            "calibration is forgotten",
        ),
        (
            "_gains",
            "side='right') - 1",
            "side='left') - 1",
            "a software gain comes a period late",
        ),
        (
            "list_work",
            "flops[:, :, None], rate) * numbers(workloads, 'utilisation_cap')[:, None, None]",
            "flops[:, :, None], rate)",
            "utilisation caps are forgotten",
        ),
        (
            "flop_rate",
            "numbers(training, 'mfu')[found] * numbers(training, 'goodput')[found]",
            "numbers(training, 'mfu')[found]",
            "goodput is forgotten",
        ),
        (
            "list_work",
            "allowed[:, None, :, None] & ~index.work_forbidden",
            "allowed[:, None, :, None]",
            "rules against work do nothing",
        ),
        (
            "list_work",
            "load[shaped] = loads[codes(names, profile[shaped])]",
            "load[shaped] = 1.0",
            "every load is flat",
        ),
        (
            "load_may_pay",
            "numbers(limits, 'max_share') < 1",
            "numbers(limits, 'max_share') < 0",
            "a share of carbon at most is never filled",
        ),
    ),
    *of(
        "equations",
        "model.demand",
        (
            "amounts",
            "windows.numbers(T)",
            "windows.numbers(T) * 0",
            "all demand falls in the first period",
        ),
        (
            "amounts",
            "index.share * work.load if",
            "index.share if",
            "demand without its profile",
        ),
    ),
    *of(
        "equations",
        "model.research",
        (
            "_add_shares",
            "index.share[serving.slice[use]]",
            "1.0",
            "research counts every slice as a whole period",
        ),
    ),
    *of(
        "equations",
        "model.serving",
        (
            "add_use",
            "done *= index.share[k]",
            "done *= 1.0",
            "a chip works all hours in every slice",
        ),
    ),
    *of(
        "equations",
        "model.milestones",
        (
            "list_milestones",
            "np.ceil(end - 1e-09).astype(np.int64) - 1",
            "np.ceil(end - 1e-09).astype(np.int64)",
            "a milestone may finish a period late",
        ),
        (
            "list_milestones",
            "np.minimum(end[:, None], t + 1) - np.maximum(start[:, None], t)",
            "np.minimum(end[:, None], t + 1) - t",
            "a milestone starts with the plan",
        ),
        (
            "list_milestones",
            "np.where(together > 1, numbers(table, 'split_efficiency')[:, None, None], 1.0)",
            "np.ones(together.shape)",
            "splitting a run costs nothing",
        ),
    ),
    *of(
        "equations",
        "model.training",
        (
            "add_training",
            "np.where(tier == 1, milestones.beyond[m, c], 1.0)",
            "1.0",
            "chips beyond full efficiency work fully",
        ),
        (
            "_run_limits",
            "(least > 0)[:, None] & milestones.whole",
            "(least > 1e9)[:, None] & milestones.whole",
            "min_chips of a run is no limit",
        ),
    ),
    *of(
        "equations",
        "model.supply",
        (
            "add_supply",
            "counted_lots(lots, by_arrival)",
            "counted_lots(lots, by_arrival & False)",
            "supply by arrival counts orders",
        ),
        (
            "add_supply",
            "np.where(low[row] > 0, low[row], -np.inf)",
            "-np.inf",
            "take or pay of a supply group is forgotten",
        ),
    ),
    *of(
        "equations",
        "model.policy",
        (
            "add_policies",
            "amount[inside] * (mine[inside] - (0.0 if side in AMOUNTS else bound))",
            "amount[inside] * (mine[inside] - (0.0 if side in AMOUNTS else 1.0 - bound))",
            "a share limit holds for the others",
        ),
        (
            "add_policies",
            "ledger.add('over', over, key['period'][soft]",
            "ledger.add('over', over, 0 * key['period'][soft]",
            "the penalty of a policy falls in the first period",
        ),
        (
            "measure_entries",
            "index.kw_peak[capacity.chip[p]] / KW_PER_MW",
            "index.kw_idle[capacity.chip[p]] / KW_PER_MW",
            "a policy on power counts idle draw",
        ),
    ),
    *of(
        "equations",
        "model.budgets",
        (
            "periods_of",
            "case.calendar.fiscal_year(t) == int(window[2:])",
            "case.calendar.fiscal_year(t) <= int(window[2:])",
            "a fiscal year holds all years before it",
        ),
        (
            "add_budgets",
            "ledger.add('over', over, last[soft]",
            "ledger.add('over', over, 0 * last[soft]",
            "the penalty of a budget falls in the first period",
        ),
        (
            "counted",
            "mine &= (ledger.category == CATEGORIES.index('capex')) == (category == 'capex')",
            "mine &= ledger.category == CATEGORIES.index('capex')",
            "an opex budget counts capex",
        ),
    ),
    *of(
        "equations",
        "model.resilience",
        (
            "add_site_loss",
            "np.arange(S)[:, None] != site[None, :]",
            "np.arange(S)[:, None] >= -site[None, :]",
            "a lost site stands in for itself",
        ),
        (
            "asked_after_loss",
            "quota[:, None, None] * work.demand[:, :, None]",
            "work.demand[:, :, None] * quota.mean()",
            "every workload survives by the mean quota",
        ),
    ),
    *of(
        "equations",
        "model.finance",
        (
            "discount",
            "-np.asarray(years, dtype=np.float64)",
            "-np.floor(np.asarray(years, dtype=np.float64))",
            "discounted by whole years",
        ),
        (
            "annuity_share",
            "np.expm1(-growth * used) / np.expm1(-growth * life)",
            "used / life",
            "annuity residual as a straight line",
        ),
    ),
    *of(
        "equations",
        "model.index",
        (
            "index_case",
            "(np.arange(T) + 0.5) / ppy",
            "np.arange(T) / ppy",
            "the middle of a period is its start",
        ),
        (
            "index_case",
            "charge * 12.0 / ppy",
            "charge",
            "a demand charge of a month per period",
        ),
        (
            "_rules",
            "max(min(last[r] + 1, shape[2]), 0)",
            "max(min(last[r], shape[2]), 0)",
            "the last period of a rule is free",
        ),
        (
            "_energy",
            "table[s[every], t[every]] = value[every][:, None]",
            "table[s[every], t[every]] = table[s[every], t[every]]",
            "energy prices of periods are forgotten",
        ),
    ),
    *of(
        "equations",
        "model.ledger",
        (
            "PAYMENTS",
            "'short': ('short', 'none', 'mid')",
            "'short': ('short', 'none', 'start')",
            "penalties at the start of the period",
        ),
    ),
    *of(
        "equations",
        "model.progress",
        (
            "add_precedence",
            "progress.at(needs, period - 1)",
            "progress.at(needs, period)",
            "a run builds on what is not finished",
        ),
        (
            "add_deadlines",
            "(milestones.late / milestones.flop)[m[allowed]]",
            "milestones.late[m[allowed]]",
            "lateness is charged per FLOP",
        ),
        (
            "add_progress",
            "((counted, 1.0), (done, -1.0))",
            "((counted, 1.0), (done, -2.0))",
            "twice what kept chips train may count",
        ),
    ),
)
