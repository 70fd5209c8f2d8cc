// Moves, as the server reads them: what~axis~name~first~last~amount.

const spelled = (part) => encodeURIComponent(part).replace(/~/g, "%7E");

export const WHAT = {
  demand: "Demand",
  power: "Power",
  supply: "Supply",
  price: "Price of chips",
  electricity: "Price of electricity",
  lead: "Lead time",
  date: "Date",
};

export const AXIS = {
  case: "whole case",
  workload: "workloads",
  site: "sites",
  group: "supply groups",
  chip: "chips",
  offer: "offers",
  project: "power projects",
  milestone: "training runs",
};

export function parse(text) {
  const parts = text.split("~");
  if (parts.length !== 6) return null;
  let named;
  try {
    named = parts.slice(0, 5).map(decodeURIComponent);
  } catch {
    return null;
  }
  const [what, axis, name, first, last] = named;
  const amount = Number(parts[5].slice(1));
  return WHAT[what] && Number.isFinite(amount) ? { what, axis, name, first, last, sign: parts[5][0], amount } : null;
}

export const text = (move) =>
  [move.what, move.axis, move.name, move.first, move.last].map(spelled).join("~") + `~${move.sign}${move.amount}`;

export function whose(move) {
  if (move.axis === "case") return "the whole case";
  return move.name;
}

export function when(move, periods) {
  if (!move.first && !move.last) return "";
  const first = move.first || periods[0];
  const last = move.last || periods[periods.length - 1];
  return first === last ? `in ${first}` : `${first} to ${last}`;
}

const UNITS = { power: "MW", supply: "chips", lead: "periods", date: "periods" };
export const unit = (move, frequency) =>
  move.sign === "x" ? "%" : UNITS[move.what] === "periods" ? `${frequency}s` : UNITS[move.what];

/** What the slider shows: per cent for factors, the amount itself otherwise. */
export const shown = (move) => (move.sign === "x" ? Math.round((move.amount - 1) * 1e6) / 1e4 : move.amount);
export const taken = (move, value) => (move.sign === "x" ? Math.max(0, Math.round((1 + value / 100) * 1e8) / 1e8) : value);
export const neutral = (sign) => (sign === "x" ? 1 : 0);

/** How far a slider goes; `size` is what there is of it, for amounts that are added. */
export function range(move, size) {
  if (move.sign === "x") return { min: -60, max: 100, step: 1 };
  if (move.what === "lead" || move.what === "date") return { min: -4, max: 8, step: 1 };
  const step = 10 ** Math.floor(Math.log10(Math.max(size, 1e-6) / 40));
  const most = Math.ceil(size / step) * step;
  return { min: -most, max: most, step };
}

const many = (value, frequency) => `${Math.abs(value)} ${frequency}${Math.abs(value) === 1 ? "" : "s"}`;

/** The move in one sentence. */
export function sentence(move, periods, frequency) {
  const value = shown(move);
  if (move.what === "date") return `${whose(move)} ${many(value, frequency)} ${value >= 0 ? "later" : "sooner"}`;
  const sign = value > 0 ? "+" : value < 0 ? "\u2212" : "";
  const by = move.what === "lead" ? `${sign}${many(value, frequency)}` : `${sign}${Math.abs(value).toLocaleString("en-US")} ${unit(move, frequency)}`;
  return `${WHAT[move.what]} of ${whose(move)} ${by}${when(move, periods) ? `, ${when(move, periods)}` : ""}`;
}
