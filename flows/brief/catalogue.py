"""The catalogues: which messages the page and the terminal use, and the .pot that lists them.

`python -m flows.brief.catalogue` writes templates/locale/chipbrief.pot anew and brings each
.po in step with it: new messages come in empty, messages no longer used go. Run by whoever
changes a template or a word; a test fails until it was run and the new messages translated.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from flows.assets import asset

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOMAIN = "chipbrief"


def template() -> Catalog:
    """Every message of the templates and of the words, in the order in which it is met."""
    catalogue = Catalog(project="chipbrief", charset="utf-8", fuzzy=False)
    for method, path, shown in _files():
        found = extract_from_file(method, path, keywords={"_": None, "N_": None, "gettext": None,
                                                          "text": None, "say": None})  # fmt: skip
        for _, message, comments, context in found:
            if isinstance(message, str) and message and message[0] != "{":
                catalogue.add(message, locations=[(shown, 0)], user_comments=[], context=context)
                del comments
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """A catalogue as a file holds it: no dates, no line numbers, so that it changes with text."""
    out = io.BytesIO()
    write_po(out, catalogue, width=96, omit_header=True, include_lineno=False, sort_output=False)
    return b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' + out.getvalue()


def update(locale: Path) -> None:
    """Write the .pot, and bring every .po below `locale` in step with it."""
    fresh = template()
    (locale / f"{_DOMAIN}.pot").write_bytes(written(fresh))
    for path in sorted(locale.glob(f"*/LC_MESSAGES/{_DOMAIN}.po")):
        with path.open("rb") as file:
            kept = read_po(file, locale=path.parts[-3])
        kept.update(fresh, no_fuzzy_matching=True)
        kept.obsolete.clear()
        path.write_bytes(written(kept))


def _files() -> Iterator[tuple[str, Path, str]]:
    here = Path(__file__).parent
    for path in sorted(here.glob("*.py")):
        yield "python", path, f"flows/brief/{path.name}"
    for name in ("chips", "claims", "comparison", "fees", "scenarios", "wording"):
        yield "python", here.parent / "terminal" / f"{name}.py", f"flows/terminal/{name}.py"
    root = asset("templates")
    for folder in ("_base", "_macros", "briefing"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".html", ".txt"):
                yield "jinja2.ext:babel_extract", path, f"templates/{path.relative_to(root)}"


if __name__ == "__main__":
    update(asset("templates") / "locale")
