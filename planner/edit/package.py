"""The parts of a workbook's zip file: one put in the place of another, a sheet added, the list of
calculations dropped; all others as they are."""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import quoteattr

from planner.edit.change import EditError

_TYPES: Final = "[Content_Types].xml"
_SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEET_KIND: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_EMPTY: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns='
    b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)


class Package:
    """The parts of a workbook, in their order."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._new: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._named = {name.lower(): name for name in self._archive.namelist()}

    def name(self, part: str) -> str:
        """Return the name of a part as the file spells it."""
        return self._named[part.lower()]

    def read(self, name: str) -> bytes:
        """Return the bytes of a part as they are now."""
        return self._new[name] if name in self._new else self._archive.read(name)

    def put(self, name: str, content: bytes) -> None:
        """Give a part other bytes."""
        self._new[name] = content

    def content(self) -> bytes:
        """Return the whole file."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
            for info in self._archive.infolist():
                if info.filename not in self._gone:
                    out.writestr(copy.copy(info), self.read(info.filename))
            for name, content in self._added.items():
                out.writestr(name, content)
        return stream.getvalue()

    def has_tables(self, part: str) -> bool:
        """Return whether a sheet has a table of the spreadsheet, whose headers must be filled."""
        return re.search(rb"<(?:\w+:)?tablePart\b", self.read(part)) is not None

    def drop_chain(self) -> None:
        """Drop the list of calculations, which a spreadsheet makes anew."""
        chain = next((n for low, n in self._named.items() if low.endswith("/calcchain.xml")), None)
        if chain is None:
            return
        self._gone.add(chain)
        for name in (_TYPES, self._relations()):
            text = self.read(name).decode()
            self.put(name, re.sub(r"<[^<>]*calcChain\.xml[^<>]*/>", "", text).encode())

    def _relations(self) -> str:
        """Return the part that says which sheets are where."""
        found = next(
            (n for low, n in self._named.items() if low == "xl/_rels/workbook.xml.rels"), None
        )
        if found is None:
            raise EditError("the parts of the workbook are not where spreadsheets put them")
        return found

    def add_sheet(self, title: str, fill: Callable[[bytes], bytes]) -> None:
        """Add a sheet at the end.

        Args:
            title: its name.
            fill: from the XML of an empty sheet to its own.
        """
        relations = self._relations()
        number = 1
        while f"xl/worksheets/sheet{number}.xml" in {*self._named, *self._added}:
            number += 1
        part = f"xl/worksheets/sheet{number}.xml"
        text = self.read(relations).decode()
        key = next(f"rId{n}" for n in range(1, 10**6) if f'"rId{n}"' not in text)
        target = posixpath.relpath(part, "xl")
        link = f'<Relationship Id="{key}" Type="{_SHEET_KIND}" Target="{target}"/>'
        self._before(relations, "Relationships", link)
        override = f'<Override PartName="/{part}" ContentType="{_SHEET_TYPE}"/>'
        self._before(_TYPES, "Types", override)
        main = self.name("xl/workbook.xml")
        text = self.read(main).decode()
        like = re.search(r"<(\w+:)?sheet\b[^>]*?\b(\w+):id\s*=", text)
        if like is None:
            raise EditError("the workbook lists no sheet to add one to")
        of = max(int(n) for n in re.findall(r'\bsheetId="(\d+)"', text)) + 1
        name = f"<{like[1] or ''}sheet name={quoteattr(title)}"
        self._before(main, "sheets", f'{name} sheetId="{of}" {like[2]}:id="{key}"/>')
        self._added[part] = fill(_EMPTY)

    def _before(self, name: str, tag: str, text: str) -> None:
        """Put text before the end tag of an element of a part."""
        old = self.read(name).decode()
        found = list(re.finditer(rf"</(?:\w+:)?{tag}\s*>", old))
        if not found:
            raise EditError(f"{name} has no {tag}")
        at = found[-1].start()
        self.put(name, (old[:at] + text + old[at:]).encode())
