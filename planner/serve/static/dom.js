// Elements, and figures as people read them. Text is only ever set as text.

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** Text on one line in which no character acts on its surroundings. */
export const clean = (text) =>
  String(text ?? "").replace(HIDDEN, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

const SVG = "http://www.w3.org/2000/svg";

function fill(element, given, children) {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") element[name] = value;
    else if (name === "class") element.setAttribute("class", value);
    else element.setAttribute(name, value === true ? "" : clean(value));
  }
  for (const child of children.flat(9)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(clean(child)));
  }
  return element;
}

export const el = (tag, given, ...children) => fill(document.createElement(tag), given, children);
export const svg = (tag, given, ...children) => fill(document.createElementNS(SVG, tag), given, children);

/** Replaces what an element holds, keeping the focus on what has the same id. */
export function put(element, ...children) {
  const focused = document.activeElement?.id;
  element.replaceChildren(...children.flat(9).filter((child) => child));
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

const plain = (digits) => new Intl.NumberFormat("en-US", { maximumFractionDigits: digits, minimumFractionDigits: 0 });
const fixed = (digits) => new Intl.NumberFormat("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
const WHOLE = plain(0);
const TWO = fixed(2);
const ONE = fixed(1);

export const count = (value) => (Math.abs(value) < 10 && value % 1 ? plain(1) : WHOLE).format(value + 0);

/** Chips are whole to people, MW are not. */
export const amount = (value, unit) => (unit === "MW" ? count(value) : WHOLE.format(Math.round(value) + 0));

/** 11.74 billion USD, 983 million USD, 12,400 USD. */
export function money(value, unit = " USD") {
  const size = Math.abs(value);
  if (size < 0.5) return `0${unit}`;
  if (size >= 9.995e8) return `${TWO.format(value / 1e9)} billion${unit}`;
  if (size >= 9.995e7) return `${WHOLE.format(value / 1e6)} million${unit}`;
  if (size >= 1e6) return `${(size >= 1e7 ? ONE : TWO).format(value / 1e6)} million${unit}`;
  return `${WHOLE.format(value)}${unit}`;
}

export const signed = (value, words) => (value > 0 ? `+${words}` : words.replace(/^-/, "\u2212"));
export const moneyChange = (value) => signed(value, money(value));

export function percent(share) {
  const size = Math.abs(share);
  const digits = size >= 0.1 ? 0 : size >= 0.01 ? 1 : 2;
  return `${plain(digits).format(share * 100)} %`;
}
export const percentChange = (share) => signed(share, percent(share));

/** 28 Nov 2026, 01:34 of a moment in UTC. */
export function moment(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(at);
}

export const year = (label) => label.slice(0, 4);

/** Sums by year of figures by period. */
export function years(periods, values) {
  const sums = new Map();
  periods.forEach((label, at) => sums.set(year(label), (sums.get(year(label)) ?? 0) + (values[at] ?? 0)));
  return sums;
}

export function copyButton(text, words = "Copy") {
  const button = el("button", { type: "button", class: "small", onclick: async () => {
    await navigator.clipboard.writeText(typeof text === "function" ? text() : text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = words), 1200);
  } }, words);
  return button;
}

export const command = (text) =>
  el("div", { class: "command" }, el("code", {}, text), copyButton(text));

let told = 0;
/** Says something at the foot of the page; empty words take it away. */
export function tell(words, alarm = false) {
  const box = document.getElementById("told");
  const mine = ++told;
  box.className = words ? (alarm ? "shown alarm" : "shown") : "";
  box.textContent = clean(words);
  if (words && !alarm) setTimeout(() => mine === told && tell(""), 5000);
}
