// Pictures, drawn for the width they have.

import { amount, el, money, moneyChange, percent, svg, years } from "./dom.js";

const short = (value) => money(value, "").replace(" billion", " bn").replace(" million", " m");

/** Bars by year, the plan's beside those of now. */
export function bars(title, periods, before, now, width) {
  const then = years(periods, before);
  const sums = years(periods, now);
  const names = [...sums.keys()];
  const top = Math.max(1, ...then.values(), ...sums.values());
  const low = Math.min(0, ...then.values(), ...sums.values());
  const [left, right, above, below] = [8, 8, 22, 22];
  const height = 190;
  const step = (width - left - right) / names.length;
  const y = (value) => above + ((top - value) / (top - low)) * (height - above - below);
  const moved = names.some((name) => Math.abs(then.get(name) - sums.get(name)) > 0.5);
  const wide = Math.min(34, step / 2 - 4);
  const parts = names.flatMap((name, at) => {
    const middle = left + step * (at + 0.5);
    const value = sums.get(name);
    const old = then.get(name);
    const bar = (x, amount, kind) =>
      svg("rect", { class: kind, x, width: wide, y: Math.min(y(amount), y(0)), height: Math.max(1, Math.abs(y(amount) - y(0))), rx: 2 },
        svg("title", {}, `${name}: ${money(amount)}`));
    return [
      moved ? bar(middle - wide - 1, old, "then") : null,
      bar(moved ? middle + 1 : middle - wide / 2, value, "now"),
      svg("text", { class: "tick", x: middle, y: height - 6, "text-anchor": "middle" }, name),
      svg("text", { class: "figure", x: middle, y: Math.min(y(value), y(old)) - 5, "text-anchor": "middle" },
        moved && Math.abs(value - old) > 0.5 && step > 74 ? `${short(value)}` : step > 44 ? short(value) : ""),
    ];
  });
  const base = svg("line", { class: "axis", x1: left, x2: width - right, y1: y(0), y2: y(0) });
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title }, base, parts.filter(Boolean));
  const rows = names.map((name) => [name, money(then.get(name)), money(sums.get(name)), moneyChange(sums.get(name) - then.get(name))]);
  return el("figure", {}, el("figcaption", {}, title), drawn,
    moved ? el("p", { class: "key" }, el("span", { class: "swatch then" }), "the plan ", el("span", { class: "swatch now" }), "with the moves") : null,
    moved ? figures(["year", "the plan", "with the moves", "change"], rows) : figures(["year", "USD"], rows.map((row) => row.slice(0, 2))));
}

const figures = (header, rows) =>
  el("details", { class: "data" }, el("summary", {}, "Figures"),
    el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "figures" }, el("table", {},
      el("thead", {}, el("tr", {}, header.map((name, at) => el("th", { scope: "col", class: at ? "r" : "" }, name)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, at) => (at ? el("td", { class: "r" }, cell) : el("th", { scope: "row" }, cell)))))))));

/** Rows of cells by period: how much of each limit is used, full ones marked. */
export function strips(title, note, periods, rows, width, words) {
  if (!rows.length) return null;
  const label = Math.min(150, Math.max(84, 7.2 * Math.max(...rows.map((row) => row.name.length)) + 10));
  const cell = (width - label - 2) / periods.length;
  const [high, head] = [22, 20];
  const height = head + rows.length * high + 2;
  const every = Math.max(1, Math.ceil(48 / cell));
  const heads = periods.map((name, at) => {
    const starts = at === 0 || name.slice(0, 4) !== periods[at - 1].slice(0, 4);
    return starts && (at % every === 0 || cell * 4 > 34) ? svg("text", { class: "tick", x: label + cell * at, y: 13 }, name.slice(0, 4)) : null;
  });
  const body = rows.map((row, number) => {
    const top = head + number * high;
    return svg("g", {},
      svg("text", { class: "row", x: label - 8, y: top + 15, "text-anchor": "end" }, row.name.length > 20 ? `${row.name.slice(0, 19)}...` : row.name),
      row.cells.map((one, at) => svg("rect", {
        class: one.share === null ? "none" : one.full ? (one.newly ? "heat full newly" : "heat full") : one.newly === false ? "heat freed" : "heat",
        x: label + cell * at + 0.75, y: top + 1.5, width: Math.max(2, cell - 1.5), height: high - 3, rx: 2,
        "fill-opacity": one.share === null ? 1 : (0.07 + 0.93 * Math.min(1, Math.max(0, one.share))).toFixed(3),
      }, svg("title", {}, `${row.name} ${periods[at]}: ${one.words}`))));
  });
  return el("figure", { class: "strip" }, el("figcaption", {}, title, note ? el("span", { class: "note" }, ` ${note}`) : ""),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${title}. ${words}` }, heads, body),
    figures(["", ...periods], rows.map((row) => [row.name, ...row.cells.map((one) => one.words)])));
}

export function limitRows(limits, before, unit) {
  const old = new Map(before.map((one) => [one.name, one]));
  return limits.filter((one) => one.limit.some((value) => value !== null && value > 0)).map((one) => ({
    name: one.name,
    cells: one.used.map((used, at) => {
      const limit = one.limit[at];
      const was = old.get(one.name)?.full[at];
      const newly = was === undefined || was === one.full[at] ? undefined : one.full[at];
      if (limit === null) return { share: null, words: "no limit" };
      if (limit === 0) return { share: null, words: "none" };
      return { share: used / limit, full: one.full[at], newly,
        words: `${amount(used, unit)} of ${amount(limit, unit)} ${unit}${one.full[at] ? ", full" : ""}` };
    }),
  }));
}

/** What is full, and from when on: iowa from 2029Q2, lulea in 2028Q4. */
export function fullest(rows, periods, most = 3) {
  const found = rows.map((row) => {
    const full = row.cells.map((one) => one.full === true);
    const first = full.indexOf(true);
    const last = full.lastIndexOf(true);
    const always = full.slice(first).every(Boolean);
    return { first, words: first === last ? `${row.name} in ${periods[first]}` : `${row.name} ${always ? "from" : "at times from"} ${periods[first]}` };
  }).filter((one) => one.first >= 0).sort((a, b) => a.first - b.first);
  const told = found.slice(0, most).map((one) => one.words);
  return told.join(", ") + (found.length > most ? ` and ${found.length - most} more` : "");
}

export const shortRows = (short) => short.map((one) => ({
  name: one.name,
  cells: one.share.map((share) => ({ share: share > 1e-6 ? Math.max(0.12, share) : 0, full: share > 1e-6, words: share > 1e-6 ? `${percent(share)} unserved` : "all served" })),
}));
