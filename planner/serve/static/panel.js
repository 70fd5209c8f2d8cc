// The moves of a state: added, turned, taken out.

import { el, put } from "./dom.js";
import * as moves from "./move.js";

/** The panel; `told` is called with the moves and words whenever they change. */
export function panel(run, state, told) {
  const box = el("section", { class: "panel", "aria-label": "Moves" });
  let list = state.moves.map((text) => ({ text, move: moves.parse(text) }));
  let words = [...state.words];
  const changed = (listed = false) => {
    told(list.map((one) => (one.move ? moves.text(one.move) : one.text)), words, listed);
    if (listed) draw();
  };

  /** The largest that there is of what a move adds to. */
  function size(move) {
    const rows = (move.what === "power" ? run.picture.power : run.picture.supply).filter((row) => !move.name || row.name === move.name);
    return Math.max(0, ...rows.map((row) => Math.max(...row.limit.map((value) => value ?? 0)))) || 1000;
  }

  function card(one, at) {
    const { move } = one;
    const out = el("button", { type: "button", class: "out", "aria-label": "Take this move out", onclick: () => { list.splice(at, 1); changed(true); } }, "\u00d7");
    if (!move) return el("li", { class: "move wrong" }, el("p", {}, one.text), out);
    const { min, max, step } = moves.range(move, size(move));
    const value = moves.shown(move);
    const number = el("input", { type: "number", step: "any", value: String(value), "aria-label": "By how much", id: `n${at}` });
    const slider = el("input", { type: "range", min: Math.min(min, value), max: Math.max(max, value), step, value: String(value), id: `s${at}`, "aria-label": `${moves.WHAT[move.what]} of ${moves.whose(move)}` });
    const take = (text) => {
      const next = Number(text);
      if (text === "" || !Number.isFinite(next)) return;
      move.amount = moves.taken(move, next);
      changed();
    };
    slider.addEventListener("input", () => { number.value = slider.value; take(slider.value); });
    number.addEventListener("input", () => { slider.value = number.value; take(number.value); });
    return el("li", { class: "move" },
      el("p", {}, el("b", {}, moves.WHAT[move.what]), ` of ${moves.whose(move)}`, el("span", { class: "note" }, ` ${moves.when(move, run.periods)}`)), out,
      el("div", { class: "turn" }, slider, number, el("span", { class: "unit" }, moves.unit(move, run.frequency))));
  }

  function adder() {
    const some = (kind) => run.kinds[kind].axes.some((axis) => (axis === "case" ? kind !== "supply" || run.names.group.length : (run.names[`${kind}.${axis}`] ?? run.names[axis]).length));
    const what = el("select", { id: "what" }, Object.keys(run.kinds).filter(some).map((kind) => el("option", { value: kind }, moves.WHAT[kind])));
    const whose = el("select", { id: "whose" });
    const first = el("select", { id: "first" });
    const last = el("select", { id: "last" });
    const sign = el("select", { id: "sign" });
    const when = el("div", { class: "pair" }, el("label", {}, "from", first), el("label", {}, "to", last));
    const how = el("label", {}, "by", sign);
    put(first, el("option", { value: "" }, "beginning"), run.periods.map((name) => el("option", {}, name)));
    put(last, el("option", { value: "" }, "end"), run.periods.map((name) => el("option", {}, name)));
    // what limits an offer by itself is the same in all periods
    const times = () => (when.hidden = !run.kinds[what.value].periods || (what.value === "supply" && whose.value.startsWith("offer ")));
    whose.addEventListener("change", times);
    const fit = () => {
      const kind = run.kinds[what.value];
      const names = (axis) => run.names[`${what.value}.${axis}`] ?? run.names[axis];
      const whole = what.value !== "supply" || run.names.group.length > 0;
      const groups = kind.axes.filter((axis) => (axis === "case" ? whole : names(axis).length));
      put(whose, groups.map((axis) => axis === "case"
        ? el("option", { value: "case " }, "the whole case")
        : el("optgroup", { label: moves.AXIS[axis] }, names(axis).map((name) => el("option", { value: `${axis} ${name}` }, name)))));
      times();
      const unit = { power: "MW", supply: "chips" }[what.value];
      put(sign, [...kind.signs].map((one) => el("option", { value: one }, one === "x" ? "per cent" : unit)));
      how.hidden = kind.signs.length < 2;
    };
    what.addEventListener("change", fit);
    fit();
    const add = (event) => {
      event.preventDefault();
      if (!whose.value) return;
      const at = whose.value.indexOf(" ");
      const partly = !when.hidden;
      const move = { what: what.value, axis: whose.value.slice(0, at), name: whose.value.slice(at + 1), first: partly ? first.value : "", last: partly ? last.value : "", sign: sign.value, amount: moves.neutral(sign.value) };
      list.push({ text: moves.text(move), move });
      changed(true);
      document.getElementById(`s${list.length - 1}`)?.focus();
    };
    return el("form", { class: "add", onsubmit: add },
      el("div", { class: "pair" }, el("label", {}, "move", what), el("label", {}, "of", whose)), when, how,
      el("button", { type: "submit" }, "Add this move"));
  }

  function free() {
    const text = el("input", { type: "text", id: "word", placeholder: "power.iowa.2028Q1=150", spellcheck: "false", autocomplete: "off" });
    const add = (event) => {
      event.preventDefault();
      if (!text.value.trim()) return;
      words.push(text.value.trim());
      changed(true);
    };
    return el("form", { class: "free", onsubmit: add }, el("label", {}, "or any change, as --set takes it", text), el("button", { type: "submit", class: "small" }, "Add"));
  }

  function draw() {
    put(box, el("h2", {}, "Moves"),
      list.length || words.length ? null : el("p", { class: "note" }, "Nothing is moved: this is the plan as it stands. Add a move and turn it; the picture follows."),
      el("ul", { class: "moves" }, list.map(card),
        words.map((word, at) => el("li", { class: "move word" }, el("p", {}, el("code", {}, word)), el("button", { type: "button", class: "out", "aria-label": "Take this change out", onclick: () => { words.splice(at, 1); changed(true); } }, "\u00d7")))),
      el("details", { class: "adding", open: list.length + words.length < 3 }, el("summary", {}, "Add a move"), adder(), free()));
  }
  draw();
  return box;
}
