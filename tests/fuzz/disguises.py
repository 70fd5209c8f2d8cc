"""Damage to whole files: encodings, line ends, what a folder may hold, case.yaml and workbooks."""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from pathlib import Path
from typing import Final

from tests.fuzz.mutant import Mutant
from tests.fuzz.mutations import NAMES, NUMBERS, PERIODS, Mutation

ODD_NAMES: Final = (
    "chps.csv",
    "Chips.CSV",
    "notes.csv",
    "chips.csv.bak",
    "a\nb.csv",
    "\x1b[31m.csv",
    "\u202ecsv.csv",
    "chips.tsv",
    "case.yml",
    "extra.xlsx",
    "x" * 200 + ".csv",
    "{name}.csv",
)


def _draw(mutant: Mutant, rng: random.Random) -> str:
    return rng.choice(sorted(mutant.files))


def encoding(mutant: Mutant, rng: random.Random) -> None:
    """Save a file in another encoding, or put a byte into it that is not UTF-8."""
    name = _draw(mutant, rng)
    content = mutant.files[name]
    text = content.decode("utf-8", "replace")
    way = rng.choice(
        ("bom", "bom-twice", "utf-16", "utf-16-le", "utf-32", "latin-1", "byte", "nul", "cp1252")
    )
    at = rng.randrange(len(content) + 1)
    mutant.files[name] = {
        "bom": b"\xef\xbb\xbf" + content,
        "bom-twice": b"\xef\xbb\xbf" * 2 + content,
        "utf-16": text.encode("utf-16"),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-32": text.encode("utf-32"),
        "latin-1": (text + "é").encode("latin-1", "replace"),
        "byte": content[:at] + bytes([rng.randrange(128, 256)]) + content[at:],
        "nul": content[:at] + b"\0" + content[at:],
        "cp1252": text.replace(",", "\u20ac", 1).encode("cp1252", "replace"),
    }[way]
    mutant.told.append(f"{name}: {way}")


def line_ends(mutant: Mutant, rng: random.Random) -> None:
    """Save a file with other line ends."""
    name = _draw(mutant, rng)
    end = rng.choice((b"\r\n", b"\r", b"\n\n", b"\r\r\n", b"\x0b", b"\xe2\x80\xa8"))
    mutant.files[name] = mutant.files[name].replace(b"\n", end)
    mutant.told.append(f"{name}: line ends {end!r}")


def separators(mutant: Mutant, rng: random.Random) -> None:
    """Save a table with another separator, in part or as a whole."""
    name = rng.choice(mutant.tables())
    other = rng.choice((b";", b"\t", b"|", b"; ", b",,"))
    mutant.files[name] = mutant.files[name].replace(
        b",", other, -1 if rng.random() < 0.6 else rng.randrange(1, 20)
    )
    mutant.told.append(f"{name}: separators {other!r}")


def flipped_bytes(mutant: Mutant, rng: random.Random) -> None:
    """Change some bytes of a file, as a broken disk does."""
    name = _draw(mutant, rng)
    content = bytearray(mutant.files[name])
    for _ in range(rng.randrange(1, 5)):
        if content:
            content[rng.randrange(len(content))] = (
                rng.randrange(256) if rng.random() < 0.3 else rng.choice(b'",;\n\r\t 0aZ.-=')
            )
    mutant.files[name] = bytes(content)
    mutant.told.append(f"{name}: flipped bytes")


def cut(mutant: Mutant, rng: random.Random) -> None:
    """Cut a file off, as a copy that was interrupted."""
    name = _draw(mutant, rng)
    mutant.files[name] = mutant.files[name][
        : rng.choice((0, 1, rng.randrange(len(mutant.files[name]) + 1)))
    ]
    mutant.told.append(f"{name}: cut to {len(mutant.files[name])} bytes")


def quotes(mutant: Mutant, rng: random.Random) -> None:
    """Open a quote that nothing closes, somewhere in a table."""
    name = rng.choice(mutant.tables())
    content = mutant.files[name]
    at = rng.choice([0, *(i + 1 for i, byte in enumerate(content) if byte in b",\n")])
    mutant.files[name] = content[:at] + b'"' + content[at:]
    mutant.told.append(f"{name}: a quote at byte {at}")


def removed_file(mutant: Mutant, rng: random.Random) -> None:
    """Take a file away."""
    name = _draw(mutant, rng)
    del mutant.files[name]
    mutant.told.append(f"{name} removed")


def odd_file(mutant: Mutant, rng: random.Random) -> None:
    """Add a file that looks like a table, with an odd name."""
    name = rng.choice(ODD_NAMES)
    mutant.files[name] = rng.choice((b"", b"x", b"a,b\n1,2\n"))
    mutant.told.append(f"{name!r} added")


def not_a_file(mutant: Mutant, rng: random.Random) -> None:
    """Put a folder, a pipe, a link out of the case, a link to itself, a link to nothing or a device
    where a file belongs."""
    name = rng.choice([*sorted(mutant.files), "case.xlsx", "survival.csv"])
    way = rng.choice(("folder", "pipe", "link-out", "link-loop", "link-dead", "device", "proc"))

    def change(folder: Path) -> None:
        path = folder / name
        if path.is_symlink() or (path.exists() and not path.is_file()):
            return  # an earlier change has disguised it already
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            outside = folder.parent / "outside"
            outside.write_bytes(path.read_bytes())
            path.unlink()
        target = {
            "link-out": folder.parent / "outside",
            "link-loop": path,
            "link-dead": folder / "nothing",
            "device": Path("/dev/zero"),
            "proc": Path("/proc/self/environ"),
        }.get(way)
        if way == "folder":
            path.mkdir()
        elif way == "pipe":
            os.mkfifo(path)
        else:
            assert target is not None
            path.symlink_to(target)

    mutant.later.append(change)
    mutant.told.append(f"{name} is a {way}")


YAML_LINES: Final = (
    "a: &a [x]\nb: *a\n",
    "a: &a [l]\nb: &b [*a,*a]\nc: &c [*b,*b]\nname: *c\n",
    "name: x\nname: y\n",
    "\tname: x\n",
    "slices:\n\t- x\n",
    "? [a, b]\n: c\n",
    "<<: {name: x}\n",
    "name: !!python/object/apply:os.system ['true']\n",
    "periods: !!int '8'\n",
    "name: !!binary aGk=\n",
    "run: [1]\n",
    "run: x\n",
    "run: {threads: [1]}\n",
    "run:\n",
    "slices: []\n",
    "slices: x\n",
    "slices: [x]\n",
    "slices: [{name: a}]\n",
    "slices: [{name: a, hours_share: 0.5}]\n",
    "slices: [{name: '*', hours_share: 1}]\n",
    "slices: [{name: a, hours_share: 0.5}, {name: a, hours_share: 0.5}]\n",
    "slices: [{name: a, hours_share: nan}]\n",
    "slices: " + "[" * 5000 + "\n",
    "x: " + "{a: " * 30 + "\n",
    "description: " + "x" * 20_000 + "\n",
    'description: "\\x1b[31m \\u202e \\0"\n',
    "description: |\n  a\n  b\n",
    "---\nname: x\n",
    "...\n",
    "%YAML 9.9\n---\n",
    "}\n",
    "'\n",
    "- a\n",
    "x\n",
    "!!!\n",
    "description: \x07\n",
    "unknown: 1\n",
    "descripton: x\n",
    "end: 2027Q4\n",
    "fiscal_year_start: 2\n",
    "frequency: week\n",
    "residual: table\n",
    "frozen_periods: 2\n",
    "carbon_usd_per_tonne: 1e300\n",
    "change_usd_per_chip: 5\n",
    "run: {gap: 0}\n",
    "run: {solver: 'pulp:../../x'}\n",
    "run: {time_limit_s: 1e-9}\n",
    "run: {seed: 99999999999}\n",
    "headroom: 1\n",
    "stale_after_days: 0\n",
    "name: {a: b}\n",
    "name: [a]\n",
    "start: {a: b}\n",
    "name: ~\n",
    "name: ''\n",
)


def yaml_line(mutant: Mutant, rng: random.Random) -> None:
    """Put a line into case.yaml: bombs, anchors, tags, tabs, doubled and unknown keys, wrong
    types."""
    line = rng.choice(YAML_LINES)
    lines = mutant.files.get("case.yaml", b"").decode("utf-8", "replace").splitlines(keepends=True)
    key = line.split(":")[0]
    if rng.random() < 0.7:
        lines = [old for old in lines if not old.startswith(key + ":")]
    lines.insert(rng.randrange(len(lines) + 1), line)
    mutant.files["case.yaml"] = "".join(lines).encode()
    mutant.told.append(f"case.yaml: {line[:60]!r}")


def yaml_value(mutant: Mutant, rng: random.Random) -> None:
    """Write a strange value into a line of case.yaml."""
    lines = mutant.files.get("case.yaml", b"name: x\n").decode("utf-8", "replace").splitlines() or [
        "name: x"
    ]
    at = rng.randrange(len(lines))
    if rng.random() < 0.2:
        told = f"line {at + 1} removed"
        del lines[at]
    else:
        value = rng.choice((*NUMBERS, *PERIODS, *NAMES))
        lines[at] = (
            f"{lines[at].split(':')[0]}: {value}"
            if rng.random() < 0.5
            else f"{lines[at].split(':')[0]}: '" + value.replace("'", "''") + "'"
        )
        told = lines[at][:60]
    mutant.files["case.yaml"] = "\n".join(lines).encode("utf-8", "surrogatepass") + b"\n"
    mutant.told.append(f"case.yaml: {told!r}")


def workbook(mutant: Mutant, rng: random.Random) -> None:
    """Move some tables into case.xlsx, and damage that."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_numbers": rng.random() < 0.5,
            "nan_inf_to_errors": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    chosen = rng.sample(mutant.tables(), rng.randrange(1, len(mutant.tables()) + 1))
    stay = rng.random() < 0.1
    sheets = {
        name: re.sub(r"[][:*?/\\]", "_", Path(name).stem)[:31] for name in chosen
    }  # what a workbook can have
    for name in chosen:
        sheet = book.add_worksheet(sheets[name])
        for i, record in enumerate(mutant.rows(name)[:500]):
            for j, cell in enumerate(record[:200]):
                sheet.write(i, j, cell[:30_000])
        if rng.random() < 0.1:
            sheet.write_formula(1, 1, "=1/0", value=rng.choice((0, "", "#DIV/0!", 3)))
        if not stay:
            del mutant.files[name]
    if rng.random() < 0.2:
        more = rng.choice(("notes", "Sheet1", "chps", "Chips2", "x" * 31))
        if more not in sheets.values():
            book.add_worksheet(more)
    if rng.random() < 0.3:
        sheet = book.add_worksheet("case")
        for i, pair in enumerate(
            [
                ("key", "value"),
                ("name", rng.choice(NAMES)[:300]),
                ("start", "2027Q1"),
                ("periods", rng.choice(("8", "12", "x"))),
                ("discount_rate", "0"),
                ("power_basis", "it"),
            ]
        ):
            sheet.write_row(i, 0, pair)
        if rng.random() < 0.8:
            mutant.files.pop("case.yaml", None)
    book.close()
    content = bytearray(buffer.getvalue())
    way = rng.choice(("whole", "whole", "cut", "flipped", "swapped", "text"))
    if way == "cut":
        content = content[: rng.randrange(len(content))]
    elif way == "flipped":
        for _ in range(rng.randrange(1, 8)):
            content[rng.randrange(len(content))] = rng.randrange(256)
    elif way == "swapped":
        content = bytearray(_rewritten(bytes(content), rng))
    elif way == "text":
        content = bytearray(b"chip,vendor\n1,2\n")
    mutant.files["case.xlsx"] = bytes(content)
    mutant.told.append(f"case.xlsx ({way}) holds {', '.join(chosen)}{' as well' if stay else ''}")


def _rewritten(content: bytes, rng: random.Random) -> bytes:
    """Return a workbook whose parts are whole zip entries with damaged XML."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        victim = rng.choice([name for name in names if name.endswith((".xml", ".rels"))])
        for name in names:
            part = bytearray(old.read(name))
            if name == victim:
                way = rng.random()
                if way < 0.2:
                    continue
                if way < 0.5:
                    part = part[: rng.randrange(len(part))]
                else:
                    for _ in range(rng.randrange(1, 6)):
                        part[rng.randrange(len(part))] = rng.choice(b'<>/"=&;0123456789AZaz')
            new.writestr(name, bytes(part))
    return buffer.getvalue()


FILES: Final[tuple[Mutation, ...]] = (
    encoding,
    line_ends,
    separators,
    flipped_bytes,
    cut,
    quotes,
    removed_file,
    odd_file,
    not_a_file,
    yaml_line,
    yaml_line,
    yaml_value,
    yaml_value,
    workbook,
)
