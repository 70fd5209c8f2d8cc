// Two runs side by side: why the cost changed, which decisions and which inputs did.

import { ask, insist } from "./ask.js";
import { follow, said } from "./actions.js";
import { command, count, el, moment, money, moneyChange, put, svg, tell } from "./dom.js";
import { go } from "./state.js";

export async function compare(main, state) {
  const found = await insist("list", {}, (words) => tell(words, true));
  const runs = found.runs.filter((run) => run.objective_usd !== null);
  const [a, b] = ["a", "b"].map((key) => state.query.get(key) ?? "");
  const choose = (id, chosen) => el("select", { id }, el("option", { value: "" }, "choose a run"), runs.map((run) => el("option", { value: run.at.join("/"), selected: run.at.join("/") === chosen }, `${run.case}, ${moment(run.started)}, ${money(run.objective_usd)}${run.what_if ? `, what if ${run.what_if}` : run.approval ? `, approved by ${run.approval}` : ""}`)));
  const [first, second] = [choose("a", a), choose("b", b)];
  const result = el("section", { class: "result" });
  const form = el("form", { class: "choose", onsubmit: (event) => {
    event.preventDefault();
    if (first.value && second.value) go(`/compare?a=${encodeURIComponent(first.value)}&b=${encodeURIComponent(second.value)}`);
  } }, el("label", {}, "from", first), el("label", {}, "to", second), el("button", { type: "submit" }, "Compare"));
  put(main, el("div", { class: "head" }, el("h1", {}, "Compare two runs")), form, result);
  main.parentElement.dataset.drawn = "yes";
  if (!a || !b) return;
  const progress = el("div", {});
  put(result, progress);
  const told = await follow(progress, await ask("compare", { first: a.split("/"), second: b.split("/") }));
  if (told.code !== 0 || !told.document) return result.append(said(told));
  const found_ = told.document;
  put(result, el("h2", { class: "headline" }, found_.headline), waterfall(found_, Math.max(280, Math.min(1000, result.clientWidth))),
    table(`${found_.decisions.length} decisions changed`, ["do", "line", "change", "USD", "because of"], found_.decisions.map((one) => [one.action, one.line_id, `${count(one.old)} \u2192 ${count(one.new)}`, moneyChange(one.usd).replace(" USD", ""), one.reason]), [2, 3]),
    table(`${found_.inputs.length} inputs changed`, ["table", "row", "column", "old", "new"], found_.inputs.map((one) => [one.table, one.row, one.column, one.old, one.new]), [3, 4]),
    el("section", { class: "as-command" }, el("h3", {}, "The same as a command"), command(told.command.replace(" --json", ""))));
}

function table(title, header, rows, right) {
  if (!rows.length) return null;
  return el("figure", {}, el("figcaption", {}, title), el("div", { class: "wide tall", tabindex: 0, role: "group", "aria-label": title }, el("table", {},
    el("thead", {}, el("tr", {}, header.map((name, at) => el("th", { scope: "col", class: right.includes(at) ? "r" : "" }, name)))),
    el("tbody", {}, rows.slice(0, 300).map((row) => el("tr", {}, row.map((cell, at) => el("td", { class: right.includes(at) ? "r" : String(cell).length > 44 ? "long" : "" }, cell))))))),
    rows.length > 300 ? el("p", { class: "note" }, `${rows.length - 300} more; the command with --all tells them.`) : null);
}

/** From the one cost to the other, step by step. */
function waterfall(found, width) {
  const steps = found.bridge.filter((step) => Math.abs(step.usd) >= 0.5).sort((x, y) => Math.abs(y.usd) - Math.abs(x.usd));
  if (!steps.length) return null;
  const label = Math.min(260, Math.max(110, width * 0.3));
  const high = 26;
  let at = 0;
  const spans = steps.map((step) => ({ ...step, from: at, to: (at += step.usd) }));
  const low = Math.min(0, ...spans.map((one) => Math.min(one.from, one.to)));
  const top = Math.max(0, ...spans.map((one) => Math.max(one.from, one.to)));
  const room = width - label - 110;
  const x = (value) => label + ((value - low) / (top - low || 1)) * room;
  const height = spans.length * high + 8;
  const fit = Math.floor(label / 6.6);
  return el("figure", {}, el("figcaption", {}, `Why the cost changed: from ${money(found.before_usd)} to ${money(found.after_usd)}`),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": spans.map((one) => `${one.inputs} ${moneyChange(one.usd)}`).join(", ") },
      svg("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: height }),
      spans.map((one, number) => svg("g", {}, svg("text", { class: "row", x: 0, y: number * high + 18 }, one.inputs.length > fit ? `${one.inputs.slice(0, fit - 1)}...` : one.inputs, svg("title", {}, one.inputs)),
        svg("rect", { class: one.usd > 0 ? "rise" : "fall", x: Math.min(x(one.from), x(one.to)), width: Math.max(1.5, Math.abs(x(one.to) - x(one.from))), y: number * high + 5, height: high - 9, rx: 2 }),
        svg("text", { class: "figure", x: Math.max(x(one.from), x(one.to)) + 6, y: number * high + 18 }, moneyChange(one.usd).replace(" USD", ""))))),
    found.bridge_note ? el("p", { class: "note" }, found.bridge_note) : null);
}
