"""Files that hold others: gzip, zstd and zip archives, workbooks, text that is not UTF-8.

Each is unpacked once, in a stream, into files of UTF-8 text below a spool folder; the received
bytes stay as they are. An archive is never trusted: what it expands to is counted as it comes, and
the names in it are words, never paths.
"""

from __future__ import annotations

import errno
import gzip
import re
import sys
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Protocol

from flows.ingest.encoding import encoding_of, taken_as, to_utf8
from flows.ingest.exact_json import NotJson, objects
from flows.ingest.guard import refusal_of
from flows.ingest.received import MOST_OF_ONE_OBJECT, Received, look_at, refusal_of_encoding
from flows.ingest.refusal import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.ingest.originals import Original
    from flows.ingest.workbook import Sheet
    from warehouse.home import Home

#: Tables shrink to a tenth or a thirtieth; what expands by more, and beyond the floor, is a bomb.
RATIO, FLOOR, MOST = 200, 32 << 20, 32 << 30
#: Each file in an archive is a batch of its own.
MOST_FILES = 1000
_DEEPEST = 3
_CHUNK = 1 << 20
_GZIP, _ZSTD, _ZIPS = b"\x1f\x8b", b"(\xb5/\xfd", (b"PK\x03\x04", b"PK\x05\x06")
#: RuntimeError is zipfile's for a password and for a packing that it does not know.
_DAMAGED = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, zstd.ZstdError, EOFError,
            RuntimeError, ValueError)  # fmt: skip


#: A list of objects, or an empty one, as JSON begins it.
_LIST = re.compile(rb"(\xef\xbb\xbf)?\s*\[\s*([{\[\]]|$)")
_OBJECTS = "One JSON list: object n is line n."


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Part:
    """One table of a packed file: `name` is `prices.zip/NVDA.csv` or `book.xlsx/Sheet1`.

    `path` is its text in the spool folder; where it cannot be had `refusal` says why. `remarks`
    tell what was taken as read in unpacking it, `apart` which lines were found wrong and why.
    """

    name: str
    original: Original
    path: Path | None = None
    refusal: Refused | None = None
    remarks: tuple[str, ...] = ()
    apart: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    is_hidden: bool = False

    def received(self) -> Received:
        """A first look at its text. Raises Refused where there is none."""
        if self.refusal is not None or self.path is None:
            raise self.refusal or Refused(f"{self.name} holds nothing.")
        return replace(look_at(self.path, self.name, self.remarks), apart=self.apart)


def is_packed(path: Path) -> bool:
    """Whether a file must be unpacked or decoded before it can be read."""
    head = _head(path)
    is_held = head.startswith((_GZIP, _ZSTD, *_ZIPS)) or _LIST.match(head) is not None
    return is_held or bool(encoding_of(path))


def unpack(
    original: Original, name: str, spool: Path, home: Home, sheet: str | None = None
) -> Iterator[Part]:
    """The parts of a packed file, one after the other; asking for the next removes the last.

    Of a workbook only the `sheet` named is one.
    """
    yield from _Unpacking(original, spool, home, sheet).parts(original.path, name, 0)


class _Unpacking:
    """One received file being unpacked: where to, and how much it may still expand to."""

    def __init__(self, original: Original, spool: Path, home: Home, sheet: str | None) -> None:
        self.original = original
        self.home = home
        self.sheet = sheet
        self.spool = spool
        self.allowed = min(max(FLOOR, RATIO * original.size), MOST)
        self.numbers = count(1)

    def parts(self, path: Path, name: str, depth: int) -> Iterator[Part]:
        try:
            yield from self._parts(path, name, depth)
        except BaseException as error:
            yield Part(name, self.original, refusal=refusal_of(error, name, self.home))

    def _parts(self, path: Path, name: str, depth: int) -> Iterator[Part]:
        head = _head(path)
        if depth > _DEEPEST:
            raise Refused(f"{name} is packed more than {_DEEPEST} deep.", "Unpack it first.")
        if head.startswith((_GZIP, _ZSTD)):
            opened = zstd.open if head.startswith(_ZSTD) else gzip.open
            with opened(path) as source, self._copied(source, name) as target:
                yield from self.parts(target, name, depth + 1)
        elif head.startswith(_ZIPS):
            yield from self._archive(path, name, depth)
        elif head[257:262] == b"ustar":
            raise Refused(f"{name} is a tar archive.", "Unpack it, or pack it as zip.")
        elif encoding := encoding_of(path):
            with _Spooled(self) as text:
                to_utf8(path, text, encoding, name)
                for part in self.parts(text, name, depth + 1):
                    yield replace(part, remarks=(taken_as(encoding), *part.remarks))
        elif _LIST.match(head):
            with _Spooled(self) as text:
                _write_objects(path, text, name)
                yield Part(name, self.original, text, remarks=(_OBJECTS,))
        else:
            yield Part(name, self.original, path)

    def _archive(self, path: Path, name: str, depth: int) -> Iterator[Part]:
        with _damage_told(name):
            archive = zipfile.ZipFile(path)
        with archive:
            named = set(archive.namelist())
            if "xl/workbook.xml" in named:
                yield from self._workbook(path, archive, name)
                return
            if not named.isdisjoint({"xl/workbook.bin", "content.xml", "word/document.xml"}):
                raise Refused(
                    f"{name} is an office file other than .xlsx.", "Save the sheet as .xlsx or CSV."
                )
            members = [info for info in archive.infolist() if _is_table(info)]
            if not 0 < len(members) <= MOST_FILES:
                raise Refused(
                    f"{name} holds {len(members):,} files; from 1 to {MOST_FILES:,} are read.",
                    "Unpack it, and ingest the files that you need.",
                )
            for info, label in zip(members, _labels(name, members), strict=True):
                yield from self._member(archive, info, label, depth)

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str, depth: int
    ) -> Iterator[Part]:
        if info.flag_bits & 1:
            locked = Refused(f"{label} is locked with a password.", "Unpack it first.")
            yield Part(label, self.original, refusal=locked)
            return
        try:
            with (
                _damage_told(label),
                archive.open(info) as source,
                self._copied(source, label) as target,
            ):
                yield from self.parts(target, label, depth + 1)
        except BaseException as error:
            yield Part(label, self.original, refusal=refusal_of(error, label, self.home))

    def _workbook(self, path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[Part]:
        from flows.ingest.workbook import sheets

        names = archive.namelist()
        if len(set(names)) < len(names):  # its reader may take the one that was not looked at
            raise Refused(f"{name} holds a part twice.", "Open it in Excel and save it anew.")
        for info in archive.infolist():  # its reader trusts the file: count what it expands to
            with _damage_told(name), archive.open(info) as source:
                self._count(source, name)
        with ExitStack() as spooled:
            parts = []
            for sheet in self._wanted(sheets(path, archive, name), name):
                label = f"{name}/{_words(sheet.name)}"
                text = spooled.enter_context(_Spooled(self))
                try:
                    remarks, apart = sheet.write(text, label)
                except BaseException as error:
                    refusal = refusal_of(error, label, self.home)
                    parts.append(
                        Part(label, self.original, refusal=refusal, is_hidden=sheet.is_hidden)
                    )
                else:
                    parts.append(Part(label, self.original, text, remarks=remarks, apart=apart))
            yield from _without_notes(parts)

    def _wanted(self, found: Iterator[Sheet], name: str) -> Iterator[Sheet]:
        """All sheets, or the one that is named. Raises Refused where there is none of the name."""
        names = []
        for sheet in found:
            names.append(sheet.name)
            if self.sheet is None or sheet.name.casefold() == self.sheet.casefold():
                yield sheet
        if self.sheet is not None and self.sheet.casefold() not in map(str.casefold, names):
            raise Refused(
                f"{name} has no sheet {self.sheet!r}; it has {', '.join(names)[:200]}.",
                f"Name one of them: --sheet {names[0]!r}.",
            )

    def _copied(self, source: _Readable, name: str) -> _Spooled:
        target = _Spooled(self)
        try:
            with _damage_told(name), target.path.open("wb") as spooled:
                self._count(source, name, spooled)
        except BaseException:
            target.path.unlink(missing_ok=True)
            raise
        return target

    def _count(self, source: _Readable, name: str, target: IO[bytes] | None = None) -> None:
        while chunk := source.read(_CHUNK):
            self.allowed -= len(chunk)
            if self.allowed < 0:
                raise Refused(
                    f"{name} expands to more than {RATIO} times its size, or to more than"
                    f" {MOST >> 30} GB: it may be a bomb.",
                    "If it is not, unpack it and ingest what it holds.",
                )
            if target is not None:
                target.write(chunk)


def _without_notes(parts: list[Part]) -> Iterator[Part]:
    """The parts of a workbook less those that hold no table, where another one does; it says so."""
    from flows.ingest.readers import is_known, may_be_known

    looks: list[Received | None] = []
    for part in parts:
        try:
            looks.append(part.received())
        except Refused:
            looks.append(None)
    if not any(look is not None and is_known(look) for look in looks):
        yield from parts
        return
    is_note = [
        not part.is_hidden and (look is None or not may_be_known(look))
        for part, look in zip(parts, looks, strict=True)
    ]
    passed = [part.name.rpartition("/")[2] for part, of in zip(parts, is_note, strict=True) if of]
    told = (f"No table, and passed over: sheet {', '.join(passed)[:200]}.",) if passed else ()
    for part, of_notes in zip(parts, is_note, strict=True):
        if not of_notes:
            yield replace(part, remarks=(*part.remarks, *told))


def _write_objects(path: Path, target: Path, name: str) -> None:
    """Write the objects of a JSON list as lines. Raises Refused where it is no list of objects."""
    if path.stat().st_size > MOST_OF_ONE_OBJECT:
        raise Refused(
            f"{name} is one JSON list of more than {MOST_OF_ONE_OBJECT >> 20} MB.",
            "Write each object on a line of its own (NDJSON).",
        )
    try:
        found = objects(path.read_text(encoding="utf-8-sig"))
    except NotJson as error:
        raise Refused(f"{name}: {error}", "Write each object on a line of its own.") from None
    except UnicodeDecodeError as error:
        raise refusal_of_encoding(error.object, error.start, name) from None
    if not found:
        raise Refused(f"{name} is an empty list.", "Fetch the file again.")
    target.write_text("\n".join(found) + "\n", encoding="utf-8", newline="\n")


class _Spooled:
    """A file in the spool folder that is gone after its `with` block."""

    def __init__(self, unpacking: _Unpacking) -> None:
        self.path = unpacking.spool / f"part-{next(unpacking.numbers)}"

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)


def _head(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(512)


def _is_table(info: zipfile.ZipInfo) -> bool:
    """Not a folder, and not what a Mac or an editor leaves beside the files."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    return not info.is_dir() and not any(p.startswith((".", "__MACOSX")) for p in parts[-1:])


def _labels(name: str, members: list[zipfile.ZipInfo]) -> list[str]:
    """What each member is called in messages: a name twice in an archive gets its number."""
    labels: list[str] = []
    for info in members:
        label = f"{name}/{_words(info.filename)}"
        labels.append(label if label not in labels else f"{label}#{len(labels) + 1}")
    return labels


def _words(stated: str) -> str:
    """A name in an archive as plain words: nothing in it leads out of a folder."""
    parts = stated.replace("\\", "/").replace(":", "/").split("/")
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    return "".join(c if c.isprintable() else "\ufffd" for c in kept)[:200] or "unnamed"


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    """What an archive's own modules raise for bytes that are none, as a refusal."""
    try:
        yield
    except (*_DAMAGED, OSError) as error:
        # a place before the file's beginning; any other is the machine's, a full disk for one
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise Refused(
            f"{name} cannot be unpacked: {str(error)[:120] or 'it is cut off'}.",
            "It may have been cut off: fetch it again.",
        ) from None
