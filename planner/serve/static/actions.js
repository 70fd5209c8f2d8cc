// What can be done with a state: shared, saved, tried in a sweep, applied, approved.

import { copyButton, el } from "./dom.js";

export function actions(run, now) {
  return el("section", { class: "panel acts", "aria-label": "Keep this state" }, el("h2", {}, "Keep this state"),
    el("p", {}, copyButton(() => location.href, "Copy its address")));
}
