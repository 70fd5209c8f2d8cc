"""A summary as Markdown."""

from __future__ import annotations

from planner.report.section import Summary


def _escape(text: str) -> str:
    """Return text that Markdown and the HTML made from it show as it is."""
    for character, written in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("\\", "\\\\"),
        ("|", "\\|"),
        ("`", "\\`"),
        ("*", "\\*"),
        ("[", "\\["),
        ("]", "\\]"),
    ):
        text = text.replace(character, written)
    return text


def markdown(summary: Summary, heading: str = "Plan of ") -> str:
    """Return the summary as Markdown (GitHub tables), LF, ending in a newline.

    Args:
        summary: what to write.
        heading: what stands before its title.
    """
    lines = [
        f"# {heading}{_escape(summary.title)}",
        "",
        "| | |",
        "|---|---|",
        *(f"| {_escape(name)} | {_escape(value)} |" for name, value in summary.facts),
    ]
    for section in summary.sections:
        rule = ["---:" if at in section.right else "---" for at in range(len(section.header))]
        lines += [
            "",
            f"## {_escape(section.title)}",
            "",
            f"| {' | '.join(map(_escape, section.header))} |",
            f"|{'|'.join(rule)}|",
        ]
        lines += [f"| {' | '.join(map(_escape, row))} |" for row in section.rows]
        if section.note:
            lines += ["", _escape(section.note)]
    return "\n".join(lines) + "\n"
