// A run at work: what its case comes to while one moves it.

import { ask, insist, page, Trouble } from "./ask.js";
import { bars, fullest, limitRows, shortRows, strips } from "./charts.js";
import { amount, clean, command, count, el, money, moneyChange, percent, percentChange, put, tell, years } from "./dom.js";
import * as moves from "./move.js";
import { panel } from "./panel.js";
import { actions } from "./actions.js";
import { note, runAddress } from "./state.js";

const SLOW_MS = 150;

export async function work(main, state) {
  const at = [state.parts[0] ?? "", state.parts[1] ?? ""];
  const run = await insist("open", { at }, (words) => tell(words, true)).catch((trouble) => {
    if (!(trouble instanceof Trouble) || trouble.status !== 422 || !at[1]) throw trouble;
    put(main, el("p", { class: "alarm" }, trouble.message), el("p", {}, el("a", { href: runAddress([at[0], ""], state.moves, state.words), "data-go": true }, `Open the newest run of ${at[0]} with the same moves`)));
    return null;
  });
  if (!run) return;
  const now = { moves: state.moves, words: state.words };
  if (at[1] !== run.at[1]) note(runAddress(run.at, now.moves, now.words));
  const result = el("section", { class: "result", "aria-label": "What it comes to" });
  const brief = el("p", { class: "brief", "aria-hidden": "true" });
  let base = null;
  let number = 0;
  let shown = null;

  const draw = (answer) => {
    shown = answer;
    brief.textContent = clean(answer.status === "optimal" ? heading(run, base, answer, now) : "So moved, there is no plan");
    put(result, answer.status === "optimal" ? optimal(run, base, answer, now, result) : none(answer));
    if (!moved()) return;
    result.append(el("section", { class: "as-command" }, el("h3", {}, "The same as a command"), command(answer.command)));
  };
  const moved = () => now.moves.length + now.words.length > 0;

  async function solve() {
    const mine = ++number;
    if (!moved() && shown && !base) return;
    const slow = setTimeout(() => result.classList.add("solving"), SLOW_MS);
    try {
      const answer = await insist("move", { at: run.at, page, number: mine, moves: now.moves, words: now.words }, (words) => tell(words, true));
      if (mine !== number || answer.superseded) return;
      if (!base) {
        const first = moved() ? await ask("move", { at: run.at, page: `${page}0`, number: 0, moves: [], words: [] }) : answer;
        base = first;
        if (mine !== number) return;
      }
      draw(answer);
      result.dataset.number = String(mine);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      if (mine === number) put(result, el("p", { class: "alarm" }, trouble.message));
    } finally {
      clearTimeout(slow);
      if (mine === number) result.classList.remove("solving");
    }
  }

  let waiting = 0;
  const told = (list, words, listed) => {
    now.moves = list;
    now.words = words;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const address = runAddress(run.at, list, words);
      if (listed) history.pushState(null, "", address);
      else note(address);
      solve();
    }, 30);
  };

  put(main, head(run), el("div", { class: "desk" }, el("div", { class: "side" }, panel(run, state, told), actions(run, now)), result), brief);
  const written = { status: "optimal", objective_usd: run.objective_usd, delta_usd: 0, picture: run.picture, periods: run.periods, divisible: false };
  put(result, optimal(run, written, written, { moves: [], words: [] }, result));
  main.parentElement.dataset.drawn = "yes";
  shown = written;
  let width = result.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(result.clientWidth - width) < 8 || !shown) return;
    width = result.clientWidth;
    if (shown === written) put(result, optimal(run, written, written, { moves: [], words: [] }, result));
    else draw(shown);
  }).observe(result);
  if (moved()) solve();
  else
    ask("move", { at: run.at, page, number: 0, moves: [], words: [] }).then((answer) => (base ??= answer), (trouble) => tell(trouble.message, true));
}

function head(run) {
  const marks = [
    run.what_if ? el("p", { class: "mark" }, `What-if, not the plan of the case: ${run.what_if}`) : null,
    run.status === "optimal" ? null : el("p", { class: "alarm" }, `Not proven (${run.status}): do not act on this plan.`),
    run.changed.length ? el("p", { class: "mark" }, `The case has changed since this run: ${run.changed.join("; ")}. What is moved here is the case as it was.`) : null,
  ];
  const state = el("p", { class: "note" }, `${run.periods[0]} to ${run.periods[run.periods.length - 1]}, ${run.approval}`);
  document.addEventListener("approved", (event) => (state.textContent = clean(`${run.periods[0]} to ${run.periods[run.periods.length - 1]}, approved by ${event.detail.by}`)), { once: true });
  const files = el("details", { class: "data files" }, el("summary", {}, "Its files"), command(`${run.folder}/report.html`), run.description ? el("p", { class: "note" }, run.description) : null);
  return el("div", { class: "head" }, el("p", { class: "kind" }, `Run ${run.at[1]}`), el("h1", {}, run.case), state, files, marks);
}

function none(answer) {
  if (answer.status === "invalid")
    return el("div", { class: "nothing" }, el("h2", {}, "So moved, this is no good case"), el("ul", { class: "problems" }, answer.problems.slice(0, 12).map(problem)));
  return el("div", { class: "nothing" }, el("h2", {}, answer.status === "infeasible" ? "So moved, there is no plan: not all that is asked can be met" : `So moved, there is no answer (${answer.status})`),
    el("p", {}, "The command below tells what conflicts, and every way out."));
}

export const problem = (one) =>
  el("li", {}, el("b", {}, one.file + (one.row === null ? "" : `:${one.row}`) + (one.column ? ` ${one.column}` : "")), one.value ? ` ${one.value}: ` : " ", `${one.need}; ${one.fix}`);

function heading(run, base, answer, now) {
  const listed = now.moves.map(moves.parse).filter((move) => move && move.amount !== moves.neutral(move.sign));
  if (!listed.length && !now.words.length) return `The plan costs ${money(answer.objective_usd)}`;
  const what = listed.length === 1 && !now.words.length ? moves.sentence(listed[0], run.periods, run.frequency) : `${listed.length + now.words.length} moves`;
  const delta = answer.delta_usd;
  if (Math.abs(delta) < 0.5) return `${what}: the plan costs the same`;
  return `${what}: ${money(Math.abs(delta))} ${delta > 0 ? "more" : "less"} (${percentChange(delta / Math.abs(base.objective_usd))})`;
}

function card(name, value, more, changed) {
  return el("div", { class: changed ? "card changed" : "card" }, el("p", { class: "name" }, name), el("p", { class: "value" }, value), el("p", { class: "more" }, more));
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

function cards(run, base, answer, moved) {
  const [then, now] = [base.picture, answer.picture];
  const differs = (a, b) => Math.abs(b - a) >= 0.5;
  const change = (a, b, plain) => (!moved ? plain : differs(a, b) ? `${moneyChange(b - a).replace(" USD", "")} against the plan` : "as in the plan");
  const cash = [total(then.cash_usd), total(now.cash_usd)];
  const chips = [then, now].map((one) => total(one.chips.map((row) => total(row.values))));
  const kinds = now.chips.filter((row) => total(row.values) > 0.5).length;
  const worst = now.short[0];
  const peak = worst ? worst.share.indexOf(Math.max(...worst.share)) : 0;
  const cost = !moved ? `discounted to the start of ${answer.periods[0]}` : differs(0, answer.delta_usd) ? `${moneyChange(answer.delta_usd).replace(" USD", "")} (${percentChange(answer.delta_usd / Math.abs(base.objective_usd))})` : "as in the plan";
  const shares = (picture) => JSON.stringify(picture.short.map((one) => one.share.map((value) => value.toFixed(4))));
  const alike = shares(then) === shares(now);
  const orders = now.lines.filter((line) => line.order_period === answer.periods[0]).length;
  return el("div", { class: "cards" },
    card("Total cost, USD", money(answer.objective_usd, ""), cost, differs(0, answer.delta_usd)),
    card("Cash to be paid, USD", money(cash[1], ""), change(...cash, `nominal, over ${answer.periods.length} ${run.frequency}s`), differs(...cash)),
    card(`Committed ${answer.periods[0]}, USD`, money(now.commit_now_usd, ""), change(then.commit_now_usd, now.commit_now_usd, `in ${orders} ${orders === 1 ? "order" : "orders"}`), differs(then.commit_now_usd, now.commit_now_usd)),
    card("Chips ordered", count(chips[1]), !moved ? `of ${kinds} ${kinds === 1 ? "type" : "types"}` : differs(...chips) ? `${chips[1] > chips[0] ? "+" : "\u2212"}${count(Math.abs(chips[1] - chips[0]))} against the plan` : "as in the plan", differs(...chips)),
    worst
      ? card("Unserved at worst", percent(worst.share[peak]), `of ${worst.name} in ${answer.periods[peak]}${now.short.length > 1 ? `; ${now.short.length} workloads short` : ""}`, !alike)
      : card("Unserved", "nothing", moved && !alike ? "something is, in the plan" : "every workload is served", !alike));
}

function optimal(run, base, answer, now, box) {
  const reference = base ?? answer;
  const width = Math.max(280, Math.min(1000, box.clientWidth - 2));
  const [then, is] = [reference.picture, answer.picture];
  const periods = answer.periods;
  const same = JSON.stringify(reference.periods) === JSON.stringify(periods);
  const old = same ? then : is;
  const wholly = run.whole && answer.divisible
    ? el("p", { class: "note" }, `While you move, racks and choices are divisible on both sides, so that differences are exact; the whole plan of this run costs ${money(run.objective_usd)}, ${money(Math.max(0, run.objective_usd - reference.objective_usd))} more than its divisible one. Saved as a run, a state is planned whole.`)
    : null;
  const power = limitRows(is.power, old.power, "MW");
  const liquid = limitRows(is.liquid, old.liquid, "MW");
  const supply = limitRows(is.supply, old.supply, "chips");
  const told = (rows, none) => fullest(rows, periods) || none;
  const free = "never full";
  return [
    el("h2", { class: "headline" }, heading(run, reference, answer, now)),
    wholly,
    cards(run, reference, answer, now.moves.length + now.words.length > 0),
    bars("Cash by year, USD", periods, old.cash_usd, is.cash_usd, width),
    chipTable(periods, old.chips, is.chips),
    strips(fullest(power, periods) ? `Power is full: ${told(power)}` : "Power is never full", "", periods, power, width, told(power, free)),
    strips(fullest(liquid, periods) ? `Liquid cooling is full: ${told(liquid)}` : "Liquid cooling is never full", "", periods, liquid, width, told(liquid, free)),
    strips(fullest(supply, periods) ? `Supply is used up: ${told(supply)}` : "No supply is used up", "", periods, supply, width, told(supply, "never used up")),
    caps("Budgets", is.budgets, money),
    caps("Limits of limits.csv", is.policies, (value) => (Math.abs(value) >= 1e6 ? money(value, "") : count(value))),
    is.short.length ? strips(`Unserved: ${is.short.length} ${is.short.length === 1 ? "workload" : "workloads"}`, "", periods, shortRows(is.short), width, "") : el("p", { class: "good" }, "Every workload is served in every period."),
    late(is.late),
    orders(periods, old.lines, is.lines),
  ];
}

const late = (runs) => (runs.length ? el("p", { class: "mark" }, `Late: ${runs.map((one) => `${one.name} (${percent(one.late_share)} missing at its deadline)`).join(", ")}`) : null);

function caps(title, rows, words) {
  if (!rows.length) return null;
  const low = (one) => one.side?.startsWith("min");
  const full = (one) => (low(one) ? one.used <= one.limit * (1 + 1e-6) : one.used >= one.limit * (1 - 1e-6));
  const line = (one) => el("li", { class: full(one) ? "full" : "" }, el("span", {}, one.name), el("span", { class: "r" }, `${words(one.used, "")} of at ${low(one) ? "least" : "most"} ${words(one.limit, "")}`));
  const tight = rows.filter(full);
  const free = rows.filter((one) => !full(one));
  return el("figure", {}, el("figcaption", {}, `${title}: ${tight.length ? `${tight.length} of ${rows.length} reached` : "none is reached"}`),
    tight.length ? el("ul", { class: "caps" }, tight.map(line)) : null,
    free.length ? el("details", { class: "data" }, el("summary", {}, `${free.length} with room`), el("ul", { class: "caps" }, free.map(line))) : null);
}

function difference(value, then, unit = "chips") {
  const change = value - then;
  if (Math.abs(change) < 0.5) return null;
  return el("span", { class: change > 0 ? "up" : "down" }, ` ${change > 0 ? "+" : "\u2212"}${amount(Math.abs(change), unit)}`);
}

function chipTable(periods, before, now) {
  const old = new Map(before.map((row) => [row.name, row.values]));
  const names = [...new Set([...now.map((row) => row.name), ...old.keys()])];
  if (!names.length) return el("p", { class: "note" }, "No chips are ordered.");
  const values = new Map(now.map((row) => [row.name, row.values]));
  const blank = periods.map(() => 0);
  const heads = [...years(periods, blank).keys()];
  const rows = names.map((name) => [name, years(periods, values.get(name) ?? blank), years(periods, old.get(name) ?? blank)]);
  return el("figure", {}, el("figcaption", {}, "Chips ordered by year"),
    el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "Chips ordered by year" }, el("table", { class: "chips" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "chip"), heads.map((name) => el("th", { scope: "col", class: "r" }, name)))),
      el("tbody", {}, rows.map(([name, is, was]) => el("tr", {}, el("th", { scope: "row" }, name), heads.map((one) => {
        const value = is.get(one) ?? 0;
        return el("td", { class: "r" }, value > 0.5 ? amount(value, "chips") : "\u00b7", difference(value, was.get(one) ?? 0));
      })))))));
}

const DO = { buy: "buy", lease: "lease", reserve: "reserve", rent: "rent", build_power: "build power" };

function orders(periods, before, now) {
  const key = (line) => [line.order_period, line.action, line.offer, line.site].join("\u0000");
  const old = new Map(before.map((line) => [key(line), line]));
  const lines = new Map(now.map((line) => [key(line), line]));
  const rows = [...new Set([...lines.keys(), ...old.keys()])].map((name) => {
    const [is, was] = [lines.get(name), old.get(name)];
    const line = is ?? was;
    const much = (one) => (one ? one.chips || one.mw : 0);
    return { line, is: much(is), was: much(was), usd: (is?.total_usd ?? 0) - (was?.total_usd ?? 0), unit: line.chips ? "chips" : "MW" };
  });
  const changed = rows.filter((row) => Math.abs(row.is - row.was) > 0.5);
  const told = changed.length ? changed.sort((a, b) => Math.abs(b.usd) - Math.abs(a.usd)) : rows.filter((row) => row.line.order_period === periods[0]);
  const title = changed.length ? changed.length === 1 ? "One order changes" : `${changed.length} orders change, the largest first` : `Orders of ${periods[0]}`;
  return el("figure", {}, el("figcaption", {}, title),
    el("div", { class: "wide tall", tabindex: 0, role: "group", "aria-label": title }, el("table", {},
      el("thead", {}, el("tr", {}, ["when", "do", "offer", "site"].map((name) => el("th", { scope: "col" }, name)), ["plan", "now", "USD"].map((name) => el("th", { scope: "col", class: "r" }, changed.length || name !== "now" ? name : "")))),
      el("tbody", {}, told.slice(0, 60).map((row) => el("tr", {},
        el("td", {}, row.line.order_period), el("td", {}, DO[row.line.action] ?? row.line.action), el("td", {}, row.line.offer), el("td", {}, row.line.site),
        el("td", { class: "r" }, `${amount(row.was, row.unit)}${row.unit === "MW" ? " MW" : ""}`), el("td", { class: "r" }, changed.length ? amount(row.is, row.unit) : "", changed.length ? difference(row.is, row.was, row.unit) : null),
        el("td", { class: "r" }, changed.length ? moneyChange(row.usd).replace(" USD", "") : money(row.line.total_usd, ""))))))),
    told.length > 60 ? el("p", { class: "note" }, `${told.length - 60} more; saved as a run, all of them are in its page.`) : null);
}
