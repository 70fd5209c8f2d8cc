"use strict";
(function () {
  const value = (cell) => cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent;
  const asNumber = (text) => text.trim() === "" ? NaN : Number(text.replace(/,/g, ""));
  function sortBy(table, at, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    table.querySelectorAll("th").forEach((other) => other.setAttribute("aria-sort", "none"));
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = Array.from(table.tBodies[0].rows).map((row, place) => ({ row, place, text: value(row.cells[at]) }));
    const numeric = rows.every((item) => item.text === "" || !Number.isNaN(asNumber(item.text)));
    rows.sort((a, b) => {
      if ((a.text === "") !== (b.text === "")) return a.text === "" ? 1 : -1;
      const order = numeric ? asNumber(a.text) - asNumber(b.text) : a.text.localeCompare(b.text, "en");
      return (down ? -order : order) || a.place - b.place;
    });
    table.tBodies[0].append(...rows.map((item) => item.row));
  }
  function quote(text) { return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text; }
  document.querySelectorAll("details.sheet").forEach((sheet) => {
    const table = sheet.querySelector("table.data");
    if (!table) return;
    table.querySelectorAll("th .sort").forEach((button, at) => button.addEventListener("click", () => sortBy(table, at, button.parentElement)));
    const filter = sheet.querySelector(".filter"), count = sheet.querySelector(".count");
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      Array.from(table.tBodies[0].rows).forEach((row) => {
        const text = row.textContent.toLowerCase(), fits = words.every((word) => text.includes(word));
        row.hidden = !fits; shown += fits ? 1 : 0;
      });
      count.textContent = words.length ? shown + " of " + table.tBodies[0].rows.length : "";
    });
    sheet.querySelector(".csv").addEventListener("click", (event) => {
      const lines = Array.from(table.rows).filter((row) => !row.hidden).map((row) => Array.from(row.cells).map((cell) => quote(value(cell).trim())).join(","));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
      link.download = event.currentTarget.dataset.name + ".csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  });
  const tip = document.getElementById("tip");
  document.addEventListener("pointermove", (event) => {
    const mark = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, window.innerWidth - box.width - 6)) + "px";
    tip.style.top = (event.clientY + 18 + box.height > window.innerHeight ? event.clientY - box.height - 10 : event.clientY + 18) + "px";
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
  function tell() {
    document.querySelectorAll(".wide, .draw").forEach((box) => {
      const over = box.scrollWidth > box.clientWidth + 1, said = box.parentElement.querySelector(".across");
      box.classList.toggle("over", over);
      box.tabIndex = over ? 0 : -1;
      if (said) said.hidden = !over;
    });
  }
  tell();
  window.addEventListener("resize", tell);
  document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", tell));
  let folded = [];
  window.addEventListener("beforeprint", () => { folded = Array.from(document.querySelectorAll("details.why:not([open])")); folded.forEach((part) => { part.open = true; }); });
  window.addEventListener("afterprint", () => folded.forEach((part) => { part.open = false; }));
})();
