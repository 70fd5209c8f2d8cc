// The page: which view the address asks for.

import { Trouble } from "./ask.js";
import { el, put, tell } from "./dom.js";
import { go, onChange, read } from "./state.js";
import { runs } from "./runs.js";
import { compare } from "./compare.js";
import { tables } from "./tables.js";
import { work } from "./work.js";

const VIEWS = { runs: ["Runs", runs], run: ["Work", work], compare: ["Compare", compare], tables: ["Tables", tables] };
const NAV = [["/", "Runs", "runs"], ["/compare", "Compare", "compare"], ["/tables", "Tables", "tables"]];

const main = document.getElementById("main");
let turn = 0;

async function show() {
  const mine = ++turn;
  const state = read();
  const view = VIEWS[state.view] ?? VIEWS.runs;
  put(document.getElementById("top"), el("nav", { "aria-label": "Views" }, el("a", { class: "brand", href: "/", "data-go": true }, "planner"),
    NAV.map(([href, name, key]) => el("a", { href, "data-go": true, "aria-current": key === state.view ? "page" : undefined }, name))));
  document.title = state.parts[0] ? `${state.parts[0]} - planner` : "planner";
  delete main.dataset.drawn;
  const box = el("div", { class: `view ${state.view}` });
  put(main, box);
  try {
    await view[1](box, state);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    put(box, el("p", { class: "alarm" }, trouble.message), trouble.problems?.length ? el("ul", {}, trouble.problems.map((one) => el("li", {}, `${one.file}: ${one.need}; ${one.fix}`))) : null);
  }
  if (mine === turn) main.dataset.drawn = "yes";
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-go]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
addEventListener("unhandledrejection", (event) => tell(`The page failed: ${event.reason?.message ?? event.reason}`, true));
onChange(show);
show();
