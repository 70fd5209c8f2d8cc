// The state of the page, all of which stands in its address.

export function read() {
  const parts = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const query = new URLSearchParams(location.search);
  return {
    view: parts[0] ?? "runs",
    parts: parts.slice(1),
    moves: query.getAll("m"),
    words: query.getAll("set"),
    query,
  };
}

const safe = (text) => encodeURIComponent(text).replace(/%(7E|2C|3A|40|24|2B)/g, (whole) => (whole === "%2B" ? whole : decodeURIComponent(whole)));

/** The address of a run with moves and words of --set. */
export function runAddress(at, moves = [], words = []) {
  const query = [...moves.map((text) => `m=${safe(text)}`), ...words.map((text) => `set=${safe(text)}`)].join("&");
  return `/run/${at.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

const listeners = [];
export const onChange = (listener) => listeners.push(listener);

export function go(address, replace = false) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  listeners.forEach((listener) => listener());
}

/** Writes the address without leaving the view. */
export const note = (address) => history.replaceState(null, "", address);

addEventListener("popstate", () => listeners.forEach((listener) => listener()));
