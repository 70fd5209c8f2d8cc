// A workbook dropped onto the page: what is understood, what is asked, and then written.

import { ask, drop, Trouble } from "./ask.js";
import { follow, said } from "./actions.js";
import { command, el, put, tell } from "./dom.js";

export function importing(source, written) {
  const out = el("div", { class: "outcome", "aria-live": "polite" });
  const pick = el("input", { type: "file", id: "file", accept: ".xlsx,.xlsm,.ods,.csv", class: "hidden-file", onchange: () => pick.files[0] && take(pick.files[0]) });
  const zone = el("label", { class: "zone", for: "file" }, el("b", {}, "Drop a workbook here"), el("span", { class: "note" }, " or choose one: it is read as planner import does"), pick);
  const over = (event) => { event.preventDefault(); zone.classList.add("over"); };
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });

  async function take(file) {
    try {
      put(out, el("p", { class: "note" }, `reading ${file.name} ...`));
      const kept = await drop(file);
      await read(kept.file);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      put(out);
      tell(trouble.message, true);
    }
    pick.value = "";
  }

  async function read(file, write = false) {
    const found = await follow(out, await ask("import", { case: source, file, write }));
    const told = found.document;
    if (!told || told.problems) return put(out, told?.problems ? el("ul", { class: "problems" }, told.problems.slice(0, 12).map((one) => el("li", {}, `${one.file}${one.row === null ? "" : `:${one.row}`}: ${one.need}; ${one.fix}`))) : said(found), command(found.command));
    if (write && found.code === 0) {
      tell(`Imported: ${told.changes.length} changes.`);
      return written();
    }
    const parts = [el("p", {}, el("b", {}, `${told.figures.length} figures understood`), told.tables.length ? `: ${told.tables.map((one) => `${one.where} ${one.range} is ${one.table}`).join("; ")}` : "")];
    if (told.questions.length) {
      const map = await ask("map", { case: source });
      const text = el("textarea", { rows: 14, spellcheck: "false", "aria-label": "The map" });
      text.value = map.text;
      parts.push(el("p", {}, `${told.questions.length} ${told.questions.length === 1 ? "question" : "questions"}. Answer each ? in ${map.file}; nothing is written before.`),
        el("ul", { class: "problems" }, told.questions.slice(0, 20).map((one) => el("li", {}, el("b", {}, one.where), one.value ? ` ${one.value}: ` : " ", one.need, one.suggested ? el("span", { class: "note" }, ` suggested: ${one.suggested}`) : null, Object.keys(one.answers).length ? el("span", { class: "note" }, ` (${Object.keys(one.answers).join(", ")})`) : null))),
        text, el("button", { type: "button", onclick: async () => { await ask("answer-map", { case: source, text: text.value }); await read(file); } }, "Take these answers"));
    } else if (found.code === 0 && told.changes.length)
      parts.push(el("div", { class: "wide tall" }, el("ul", { class: "changes" }, told.changes.slice(0, 200).map((one) => el("li", {}, one)))),
        el("button", { type: "button", onclick: () => read(file, true) }, `Write these ${told.changes.length} changes`));
    else if (found.code !== 0) parts.push(said(found));
    else parts.push(el("p", { class: "note" }, "The case says all of this already."));
    put(out, parts, command(found.command));
  }

  return el("section", { class: "panel", "aria-label": "Import" }, el("h2", {}, "Import"), zone, out);
}
