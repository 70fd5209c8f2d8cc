"""Keys pressed in a real browser, and what a person without a pointer meets there."""

from __future__ import annotations

from typing import Any, Final

from tests.report.browser import Browser

CODES: Final = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    " ": (32, " "),
    "Escape": (27, ""),
    "ArrowLeft": (37, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
}
"""Key -> its number, and what it writes."""
MET: Final = """(() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const all = Array.from(document.querySelectorAll('*')), box = it.getBoundingClientRect();
  const look = getComputedStyle(it);
  const ring = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1;
  const outer = it.closest('.zone:focus-within');
  return {
    at: all.indexOf(it),
    name: it.tagName + ' ' + (it.getAttribute('aria-label') || it.textContent || it.name || it.id)
      .trim().slice(0, 60),
    seen: (ring || (outer && getComputedStyle(outer).outlineStyle !== 'none'))
      && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
})()"""
OPEN_TO_ALL: Final = """Array.from(document.querySelectorAll(
    'a[href], button, input, select, textarea, summary'))
  .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0
    && !(e.type === 'radio' && !e.checked))
  .map(e => Array.from(document.querySelectorAll('*')).indexOf(e))"""


def press(page: Browser, key: str, times: int = 1) -> None:
    """Press a key, and let it go."""
    number, text = CODES[key]
    told: dict[str, Any] = {"key": key, "code": "Space" if key == " " else key}
    told["windowsVirtualKeyCode"] = number
    for _ in range(times):
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        page.call("Input.dispatchKeyEvent", **told, **down)
        page.call("Input.dispatchKeyEvent", type="keyUp", **told)


def walked(page: Browser, most: int = 600) -> list[dict[str, Any]]:
    """Return everything that the tab key stops at, from the start of the page to its end: where it
    stands in the document, its name, and whether a person sees where they are."""
    page.call("Emulation.setFocusEmulationEnabled", enabled=True)
    still = {"name": "prefers-reduced-motion", "value": "reduce"}
    page.call("Emulation.setEmulatedMedia", features=[still])
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); scrollTo(0, 0)")
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        press(page, "Tab")
        met = page.evaluate(MET)
        if met is None or (stops and met["at"] == stops[0]["at"]):
            return stops
        stops.append(met)
    raise AssertionError(f"the tab key never ends: {[one['name'] for one in stops[-5:]]}")


def check_walk(page: Browser) -> None:
    """Assert that the tab key goes through the page from top to bottom, past everything that can be
    pressed or filled, and that each stop is seen."""
    stops = walked(page)
    places = [one["at"] for one in stops]
    assert places == sorted(places), "the tab key jumps"
    assert [one["name"] for one in stops if not one["seen"]] == []
    missed = set(page.evaluate(OPEN_TO_ALL)) - set(places)
    assert not missed, page.evaluate(
        f"{sorted(missed)}.map(i => document.querySelectorAll('*')[i].outerHTML.slice(0, 120))"
    )
