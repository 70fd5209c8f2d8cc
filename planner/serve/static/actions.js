// What can be done with a state: shared, saved, tried in a sweep, applied, approved.

import { ask, Trouble } from "./ask.js";
import { clean, command, copyButton, el, put, tell } from "./dom.js";
import { runAddress } from "./state.js";

/** Starts a command and follows it to its end; returns what it came to. */
export async function follow(box, started) {
  const state = el("p", { class: "note" }, "starting ...");
  put(box, command(started.command), state);
  for (;;) {
    await new Promise((done) => setTimeout(done, 400));
    let found;
    try {
      found = await ask("job", { job: started.job });
    } catch (trouble) {
      if (trouble.status === 0 || trouble.status === 401) {
        state.textContent = clean(trouble.message);
        continue;
      }
      throw trouble;
    }
    const last = found.said.trim().split("\n").filter(Boolean).pop() ?? "";
    state.textContent = clean(`${Math.round(found.seconds)} s  ${last}`);
    if (found.code !== null) {
      state.remove();
      return found;
    }
  }
}

export const said = (found) =>
  el("p", { class: "alarm said" }, found.said.trim() || `ended with ${found.code}`);

const place = (printed) => printed.trim().split("\n").pop().split(/[\\/]/).slice(-2);

function busy(button, work) {
  button.disabled = true;
  work().catch((trouble) => {
    if (!(trouble instanceof Trouble)) throw trouble;
    tell(trouble.message, true);
  }).finally(() => (button.disabled = false));
}

export function actions(run, now) {
  const out = el("div", { class: "outcome", "aria-live": "polite" });
  new MutationObserver(() => out.scrollIntoView({ block: "nearest" })).observe(out, { childList: true });
  const state = () => ({ at: run.at, moves: now.moves, words: now.words });
  const button = (words, work, kind = "quiet") => {
    const one = el("button", { type: "button", class: kind, onclick: () => busy(one, work) }, words);
    return one;
  };

  const save = button("Save as a what-if run", async () => {
    const found = await follow(out, await ask("save", state()));
    if (found.code !== 0 && found.code !== 4) return out.append(said(found));
    const at = place(found.printed);
    out.append(el("p", { class: "good" }, found.code === 4 ? "Saved: there is no plan so, and it says why. " : "Saved. ", found.code === 4 ? el("span", {}, at[1]) : el("a", { href: runAddress(at), "data-go": true }, `Open ${at[1]}`), found.code === 4 ? "" : ", there it can be applied to the case."));
  }, "");

  const name = el("input", { type: "text", id: "variant", autocomplete: "off", placeholder: "demand up" });
  const file = el("input", { type: "text", id: "variants", value: "variants.csv", spellcheck: "false" });
  const sweep = el("details", {}, el("summary", {}, "Add to a file of variants"), el("form", { onsubmit: (event) => {
    event.preventDefault();
    busy(event.submitter ?? name, async () => {
      const found = await ask("variant", { ...state(), name: name.value, file: file.value });
      put(out, el("p", { class: "good" }, `Added to ${found.file}, ${found.rows} ${found.rows === 1 ? "row" : "rows"}. All of its variants at once:`), command(found.command));
    });
  } }, el("div", { class: "pair" }, el("label", {}, "its name", name), el("label", {}, "file", file)), el("button", { type: "submit", class: "quiet" }, "Add")));

  return el("section", { class: "panel acts", "aria-label": "Keep this state" }, el("h2", {}, "Keep this state"),
    el("div", { class: "buttons" }, save, copyButton(() => location.href, "Copy its address")), sweep,
    run.what_if && !run.relaxed.length ? applying(run, out, button) : null,
    run.what_if ? null : approving(run, out),
    el("p", { class: "more" }, el("a", { href: `/compare?a=&b=${encodeURIComponent(run.at.join("/"))}`, "data-go": true }, "Compare with another run")), out);
}

function applying(run, out, button) {
  return button("Apply to the case ...", async () => {
    const listed = await ask("apply", { at: run.at });
    if (listed.code !== 0) return put(out, said(listed));
    const changes = listed.document.changes;
    const write = button("Write them", async () => {
      const found = await ask("apply", { at: run.at, write: true });
      if (found.code !== 0) return put(out, said(found));
      put(out, el("p", { class: "good" }, `Written into ${found.document.case}. Next: plan the case, then approve that run.`), el("a", { href: `/tables?case=${encodeURIComponent(found.document.case)}`, "data-go": true }, "Open its tables"));
    }, "");
    put(out, el("p", {}, changes.length ? `These ${changes.length} cells of ${listed.document.case} would change:` : "The case says all of this already."),
      changes.length ? el("div", { class: "wide tall" }, el("table", {}, el("tbody", {}, changes.slice(0, 200).map((one) => el("tr", {}, el("td", {}, `${one.file}${one.row ? `:${one.row}` : ""}`), el("td", {}, one.column || one.what), el("td", { class: "r" }, one.old), el("td", { class: "r" }, one.new)))))) : null,
      changes.length ? write : null, command(listed.command.replace(" --dry-run", "").replace(" --json", "")));
  });
}

function approving(run, out) {
  const by = el("input", { type: "text", id: "by", required: true, autocomplete: "name" });
  const note = el("input", { type: "text", id: "remark", autocomplete: "off" });
  return el("details", {}, el("summary", {}, "Approve this run"), el("form", { onsubmit: (event) => {
    event.preventDefault();
    busy(event.submitter ?? by, async () => {
      const found = await ask("approve", { at: run.at, by: by.value, note: note.value });
      put(out, found.code === 0 ? el("p", { class: "good" }, `Approved by ${found.document.by}.`) : said(found), command(found.command.replace(" --json", "")));
      if (found.code === 0) document.dispatchEvent(new CustomEvent("approved", { detail: found.document }));
    });
  } }, el("label", {}, "who approves", by), el("label", {}, "remark", note), el("button", { type: "submit", class: "quiet" }, "Approve the plan as it stands, without moves")));
}

