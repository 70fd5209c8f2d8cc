// The tables of a case: edited cell by cell, with what planner check says of each.

import { ask, insist, Trouble } from "./ask.js";
import { clean, command, el, put, tell } from "./dom.js";
import { follow, said } from "./actions.js";
import { importing } from "./importing.js";
import { go, runAddress } from "./state.js";

const PAGE = 200;
const CHECK_MS = 250;

export async function tables(main, state) {
  const cases = (await insist("list", {}, (words) => tell(words, true))).cases;
  const source = state.query.get("case") ?? cases[0];
  if (!source) return put(main, el("div", { class: "head" }, el("h1", {}, "Tables")), el("p", { class: "note" }, "There is no case yet: start with planner serve CASE, or run one."));
  const found = await ask("tables", { case: source });
  const edits = new Map();
  const settings = new Map();
  let { digest, problems } = found;
  let current = state.query.get("table") ?? found.tables.find((one) => one.rows)?.name;
  let sheet = null;

  const list = el("nav", { class: "panel sheets", "aria-label": "Tables" });
  const grid = el("section", { class: "result", "aria-label": "Table" });
  const foot = el("section", { class: "checked", "aria-live": "polite" });
  const choose = el("select", { id: "case", "aria-label": "Case", onchange: (event) => go(`/tables?case=${encodeURIComponent(event.target.value)}`) }, cases.map((one) => el("option", { value: one, selected: one === source }, one)));
  put(main, el("div", { class: "head" }, el("p", { class: "kind" }, "Tables"), cases.length > 1 ? el("label", { class: "pick" }, choose) : el("h1", {}, source)),
    el("div", { class: "desk" }, el("div", { class: "side" }, list, importing(source, () => go(location.pathname + location.search, true))), el("div", {}, foot, grid)));

  const of = (name) => edits.get(name) ?? edits.set(name, { cells: new Map(), added: [], dropped: new Set() }).get(name);
  const touched = () => settings.size > 0 || [...edits.values()].some((one) => one.cells.size || one.added.some((row) => Object.keys(row).length) || one.dropped.size);
  const asked = () => ({
    case: source,
    digest,
    settings: Object.fromEntries(settings),
    edits: Object.fromEntries([...edits].map(([name, one]) => [name, {
      cells: [...one.cells].map(([key, text]) => { const at = key.indexOf(" "); return [Number(key.slice(0, at)), key.slice(at + 1), text]; }).filter(([row]) => !one.dropped.has(row)),
      added: one.added.filter((row) => Object.values(row).some(Boolean)),
      dropped: [...one.dropped],
    }]).filter(([, one]) => one.cells.length || one.added.length || one.dropped.length)),
  });

  function drawList() {
    const wrong = new Map();
    for (const one of problems) {
      const kind = wrong.get(one.file) ?? { error: 0, warning: 0 };
      kind[one.severity] += 1;
      wrong.set(one.file, kind);
    }
    const line = (name, file, rows) => {
      const kind = wrong.get(file);
      const mark = kind?.error ? el("span", { class: "count bad" }, kind.error) : kind?.warning ? el("span", { class: "count" }, kind.warning) : null;
      const changed = name === "case" ? settings.size : edits.get(name) && (edits.get(name).cells.size || edits.get(name).added.length || edits.get(name).dropped.size);
      return el("li", {}, el("a", { href: `/tables?case=${encodeURIComponent(source)}&table=${name}`, "aria-current": name === current ? "true" : undefined, class: rows === null ? "absent" : "", onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        current = name;
        history.replaceState(null, "", event.currentTarget.getAttribute("href"));
        open();
      } }, name === "case" ? "settings" : name, changed ? el("span", { class: "dot", title: "changed" }, "\u2022") : null), mark);
    };
    const there = found.tables.filter((one) => one.rows !== null);
    const not = found.tables.filter((one) => one.rows === null && !one.name.startsWith("past_") && one.name !== "last_plan");
    put(list, el("ul", {}, line("case", "case.yaml", 1), there.map((one) => line(one.name, one.file, one.rows))),
      el("details", { open: not.some((one) => one.name === current) }, el("summary", {}, `${not.length} tables that the case does not have`), el("ul", {}, not.map((one) => line(one.name, one.file, null)))));
  }

  function drawFoot(answer) {
    const errors = problems.filter((one) => one.severity === "error");
    const write = el("button", { type: "button", disabled: !touched(), onclick: () => check(true) }, "Write into the case");
    const drop_ = el("button", { type: "button", class: "quiet", disabled: !touched(), onclick: () => { edits.clear(); settings.clear(); problems = found.problems; open(); } }, "Discard");
    const plan = el("button", { type: "button", class: "quiet", disabled: touched() || errors.length > 0, onclick: async () => {
      const box = el("div", { class: "outcome" });
      foot.append(box);
      const done = await follow(box, await ask("plan", { case: source }));
      if (done.code !== 0) return box.append(said(done));
      const at = done.printed.trim().split("\n").pop().split(/[\\/]/).slice(-2);
      box.append(el("p", { class: "good" }, "Planned. ", el("a", { href: runAddress(at), "data-go": true }, `Open ${at[1]}`)));
    } }, "Plan this case");
    const here = problems.filter((one) => one.file === sheet?.file);
    const elsewhere = problems.length - here.length;
    put(foot, el("div", { class: "bar" }, el("p", { class: errors.length ? "state bad" : "state" }, answer?.count ?? found.count), el("div", { class: "buttons" }, write, drop_, plan)),
      here.length ? el("ul", { class: "problems" }, here.slice(0, 8).map((one) => el("li", { class: one.severity }, el("a", { href: "#", onclick: (event) => { event.preventDefault(); reach(one); } }, `${one.file}${one.row === null ? "" : `:${one.row}`} ${one.column}`), one.value ? ` ${one.value}: ` : " ", `${one.need}; ${one.fix}`))) : null,
      elsewhere ? el("p", { class: "note" }, `${elsewhere} in other tables, marked in the list.`) : null,
      answer?.changes?.length ? el("details", { class: "data" }, el("summary", {}, `${answer.changes.length} ${answer.changes.length === 1 ? "change" : "changes"}, and the command`), el("ul", { class: "changes" }, answer.changes.slice(0, 60).map((one) => el("li", {}, one))),
        answer.command ? [el("p", { class: "note" }, "Run with these changes; then planner apply RUN writes them, as this page does:"), command(answer.command)] : el("p", { class: "note" }, "Edited in the file; then:"), command(answer.check)) : el("details", { class: "data" }, el("summary", {}, "The command"), command(found.command)));
  }

  const cellOf = (row, column) => grid.querySelector(`[data-cell="${CSS.escape(`${row} ${column}`)}"]`);
  function reach(one) {
    const cell = cellOf(one.row, one.column) ?? grid.querySelector(`[data-row="${one.row}"] input`);
    cell?.focus();
    cell?.scrollIntoView({ block: "center", inline: "center", behavior: "smooth" });
  }

  function mark() {
    grid.querySelectorAll(".wrong, .doubt").forEach((cell) => { cell.classList.remove("wrong", "doubt"); cell.removeAttribute("title"); cell.removeAttribute("aria-invalid"); });
    for (const one of problems) {
      if (one.file !== sheet?.file || one.row === null) continue;
      const cells = one.column ? [cellOf(one.row, one.column)] : [...grid.querySelectorAll(`[data-row="${one.row}"] input`)];
      for (const cell of cells.filter(Boolean)) {
        cell.classList.add(one.severity === "error" ? "wrong" : "doubt");
        cell.title = clean(`${one.need}; ${one.fix}`);
        if (one.severity === "error") cell.setAttribute("aria-invalid", "true");
      }
    }
  }

  let turn = 0;
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => check(false), CHECK_MS); };
  async function check(write) {
    const mine = ++turn;
    try {
      let answer = await insist("edit", { ...asked(), write }, (words) => tell(words, true));
      if (write && !answer.written && confirm(`${answer.count}. Write it all the same?`)) answer = await ask("edit", { ...asked(), write, anyway: true });
      if (mine !== turn) return;
      problems = answer.problems;
      if (answer.written) {
        tell(`Written: ${answer.changes.length} changes.${answer.calculated ? " The workbook holds formulas: open it in a spreadsheet and save it." : ""}`);
        edits.clear();
        settings.clear();
        Object.assign(found, await ask("tables", { case: source }));
        digest = found.digest;
        problems = found.problems;
        return open();
      }
      placeAdded(answer.added);
      drawList();
      drawFoot(answer);
      mark();
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      tell(trouble.message, true);
    }
  }

  /** Rows that are new have no number before they are checked. */
  function placeAdded(numbers) {
    const rows = [...grid.querySelectorAll("tr[data-added]")].filter((row) => [...row.querySelectorAll("input")].some((cell) => cell.value));
    rows.forEach((row, at) => {
      if (numbers[at] === undefined) return;
      row.dataset.row = numbers[at];
      row.querySelectorAll("input").forEach((cell) => (cell.dataset.cell = `${numbers[at]} ${cell.dataset.head}`));
    });
  }

  function change(name, row, head, text, before) {
    if (name === "case") {
      const setting = sheet.rows[row - 1][1];
      if (text === before) settings.delete(setting);
      else settings.set(setting, text);
    } else if (text === before) of(name).cells.delete(`${row} ${head}`);
    else of(name).cells.set(`${row} ${head}`, text);
    soon();
  }

  function input(name, row, head, before, added) {
    const now = added ? added[head] ?? "" : (name === "case" ? settings.get(sheet.rows[row - 1][1]) : edits.get(name)?.cells.get(`${row} ${head}`)) ?? before;
    const cell = el("input", { type: "text", value: now, "data-cell": added ? undefined : `${name === "case" ? row : row} ${head}`, "data-head": head, "aria-label": `${head}, row ${row ?? "new"}`, spellcheck: "false", autocomplete: "off", size: Math.max(4, Math.min(26, String(now).length + 1)), readonly: name === "case" && head === "setting", class: now === before ? "" : "changed" });
    const taken = () => {
      cell.classList.toggle("changed", cell.value !== before);
      if (added) { added[head] = cell.value.trim(); soon(); } else change(name, row, head, cell.value.trim(), before);
    };
    cell.addEventListener("input", taken);
    cell.addEventListener("keydown", (event) => step(event, cell));
    cell.addEventListener("paste", (event) => paste(event, cell));
    return cell;
  }

  function step(event, cell) {
    const way = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    if (!way || event.shiftKey) return;
    const rows = [...grid.querySelectorAll("tbody tr")];
    const row = cell.closest("tr");
    const next = rows[rows.indexOf(row) + way]?.querySelectorAll("input")[[...row.querySelectorAll("input")].indexOf(cell)];
    if (next) { event.preventDefault(); next.focus(); next.select(); }
  }

  /** A block of a spreadsheet goes into as many cells. */
  function paste(event, cell) {
    const block = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    if (block.length === 1 && block[0].length === 1) return;
    event.preventDefault();
    const rows = [...grid.querySelectorAll("tbody tr")];
    const top = rows.indexOf(cell.closest("tr"));
    const left = [...cell.closest("tr").querySelectorAll("input")].indexOf(cell);
    block.forEach((line, down) => line.forEach((text, right) => {
      const target = rows[top + down]?.querySelectorAll("input")[left + right];
      if (!target || target.readOnly) return;
      target.value = text.trim();
      target.dispatchEvent(new Event("input"));
    }));
  }

  async function open() {
    drawList();
    const name = current;
    const told = await ask("table", { case: source, table: name });
    if (name !== current) return;
    sheet = told;
    const help = new Map(told.columns.map((one) => [one.name, `${one.help}${one.unit ? ` (${one.unit})` : ""}${one.allowed.length ? ` One of ${one.allowed.join(", ")}.` : ""}`]));
    const head = [...told.header];
    if (!head.length) head.push(...told.columns.filter((one) => one.required).map((one) => one.name));
    const body = el("tbody", {});
    const line = (row) => {
      const gone = edits.get(name)?.dropped.has(row[0]);
      const out = name === "case" ? null : el("button", { type: "button", class: "out", "aria-label": gone ? `Keep row ${row[0]}` : `Take row ${row[0]} out`, onclick: () => { const set = of(name).dropped; if (!set.delete(row[0])) set.add(row[0]); line_.replaceWith(line(row)); soon(); } }, gone ? "\u21ba" : "\u00d7");
      const setting = name === "case" ? help.get(row[1]) : undefined;
      const line_ = el("tr", { "data-row": row[0], class: gone ? "gone" : "", title: setting }, el("th", { scope: "row" }, row[0], out), head.map((one, at) => el("td", {}, input(name, row[0], one, row[at + 1] ?? ""))));
      return line_;
    };
    const fresh = (row) => el("tr", { "data-added": true }, el("th", { scope: "row" }, "new"), head.map((one) => el("td", {}, input(name, null, one, "", row))));
    let shown = 0;
    const more = el("button", { type: "button", class: "quiet", onclick: () => fill() });
    const fill = () => {
      body.append(...told.rows.slice(shown, shown + PAGE).map(line));
      shown = Math.min(told.rows.length, shown + PAGE);
      more.hidden = shown >= told.rows.length;
      more.textContent = `Show ${Math.min(PAGE, told.rows.length - shown)} more of ${told.rows.length - shown}`;
      mark();
    };
    const add = name === "case" ? null : el("button", { type: "button", class: "quiet", onclick: () => { const row = {}; of(name).added.push(row); const made = fresh(row); body.append(made); made.querySelector("input")?.focus(); } }, "Add a row");
    const missing = name === "case" || told.wide ? [] : told.columns.filter((one) => !head.includes(one.name));
    const column = missing.length ? el("select", { "aria-label": "Add a column", onchange: (event) => { told.header = [...head, event.target.value]; head.push(event.target.value); put(body); shown = 0; header(); fill(); body.append(...(edits.get(name)?.added ?? []).map(fresh)); event.target.querySelector(`option[value="${CSS.escape(event.target.value)}"]`).remove(); event.target.value = ""; } }, el("option", { value: "" }, "Add a column ..."), missing.map((one) => el("option", { value: one.name, title: one.help }, one.name))) : null;
    const top = el("thead", {});
    const header = () => put(top, el("tr", {}, el("th", { scope: "col" }, "row"), head.map((one) => el("th", { scope: "col", title: help.get(one) }, one))));
    header();
    put(grid, el("h2", {}, name === "case" ? "settings" : told.file), el("p", { class: "note" }, told.help),
      el("div", { class: "wide sheet", tabindex: 0, role: "group", "aria-label": told.file }, el("table", { class: "cells" }, top, body)),
      el("div", { class: "buttons under" }, more, add, column), told.more ? el("p", { class: "note" }, `${told.more} further rows are edited in the file.`) : null);
    fill();
    body.append(...(edits.get(name)?.added ?? []).map(fresh));
    drawFoot(null);
    if (touched()) soon();
    main.parentElement.dataset.drawn = "yes";
  }
  await open();
}

