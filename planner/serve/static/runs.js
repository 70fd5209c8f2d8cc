// The list of runs.

import { insist } from "./ask.js";
import { el, moment, money, put, tell } from "./dom.js";
import { runAddress } from "./state.js";

export async function runs(main) {
  const found = await insist("list", {}, (words) => tell(words, true));
  const cases = new Map();
  for (const run of found.runs) cases.set(run.case, [...(cases.get(run.case) ?? []), run]);
  put(main, el("div", { class: "head" }, el("p", { class: "kind path" }, found.out), el("h1", {}, "Runs")),
    cases.size ? null : el("p", { class: "note" }, "There is no run yet. Make one with: planner run CASE"),
    [...cases].map(([name, list]) => el("section", { class: "case" }, el("h2", {}, name),
      el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": `Runs of ${name}` }, el("table", { class: "runs" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "run of, UTC"), el("th", { scope: "col", class: "r" }, "cost"), ["is", "approved, or what if"].map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, list.map((run) => el("tr", {},
          el("th", { scope: "row", title: run.at[1] }, run.objective_usd === null ? moment(run.started) || run.at[1] : el("a", { href: runAddress(run.at), "data-go": true }, moment(run.started))),
          el("td", { class: "r" }, run.objective_usd === null ? "" : money(run.objective_usd)),
          el("td", { class: run.status === "optimal" ? "" : "bad" }, run.status === "optimal" ? "proven" : run.wrong || run.status),
          el("td", { class: "long" }, run.what_if ? `what if ${run.what_if}` : run.approval)))))))));
}
