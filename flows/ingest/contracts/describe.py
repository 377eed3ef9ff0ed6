"""The contracts in words: one Markdown table a kind, as `docs/records.md` shows them.

`python -m flows.ingest.contracts.describe docs/records.md` writes the tables between the
file's markers again; it touches nothing else of the file.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import dataframely as dy

from flows.ingest.contracts import KINDS, key_of
from flows.ingest.contracts import record as shapes

#: What a pattern means to a person; the words of a fixed set are listed instead.
PATTERN_WORDS = {
    shapes.CURRENCY: "ISO 4217 code",
    shapes.MIC: "ISO 10383 code",
    shapes.IDENTIFIER: "id: letters, digits and `._:@+-`",
    r"^[A-Z]{2}$": "ISO 3166 code",
}
ALWAYS = ("published_on", "source_id", "confidence", "note", "is_withdrawn")
WORDS = re.compile(r"^\^\((?P<words>[^()]+)\)\$$")


def type_words(column: Any) -> str:
    """The column's type as a person writing a CSV needs it."""
    if isinstance(column, dy.Decimal):
        return f"decimal, {column.scale} places" if column.scale else "whole number"
    plain = {dy.Date: "date", dy.Datetime: "UTC time", dy.Bool: "true or false"}
    return next((words for kind, words in plain.items() if isinstance(column, kind)), "text")


def meaning(column: Any) -> str:
    """Description, allowed words and bounds of a column, in one cell."""
    parts = [column.description] if column.description else []
    pattern = getattr(column, "regex", None)
    if pattern and (words := WORDS.match(pattern)):
        parts.append("One of " + ", ".join(f"`{word}`" for word in words["words"].split("|")) + ".")
    elif pattern in PATTERN_WORDS and "ISO" not in (column.description or ""):
        parts.append(PATTERN_WORDS[pattern] + ".")
    if not isinstance(column, dy.Date):
        for bound, sign in (("min_exclusive", ">"), ("min", "≥"), ("max", "≤")):
            if (limit := getattr(column, bound, None)) is not None:
                parts.append(f"{sign} {limit}.")
    return " ".join(parts).replace("|", "\\|")


def table(kind: str) -> str:
    """The Markdown table of a kind: its own columns, its key and its rules over several columns."""
    contract = KINDS[kind]
    key = key_of(kind)
    lines = [contract.__doc__ or "", ""]
    lines += ["| column | type | needed | meaning |", "|---|---|---|---|"]
    for name, column in contract.columns().items():
        if name in ALWAYS or name == "line":
            continue
        needed = "key" if name in key else "" if column.nullable else "yes"
        lines.append(f"| `{name}` | {type_words(column)} | {needed} | {meaning(column)} |")
    # dataframely has no public list of a schema's own rules.
    own_rules = [rule.replace("_", " ") for rule in contract._schema_validation_rules()]
    if own_rules:
        lines += ["", "Also: " + "; ".join(own_rules) + "."]
    return "\n".join(lines)


def common_table() -> str:
    """The columns that every kind carries."""
    columns = KINDS["sources"].columns()
    lines = ["| column | type | needed | meaning |", "|---|---|---|---|"]
    for name in ALWAYS:
        needed = "" if columns[name].nullable else "yes"
        lines.append(
            f"| `{name}` | {type_words(columns[name])} | {needed} | {meaning(columns[name])} |"
        )
    return "\n".join(lines)


def rewrite(text: str) -> str:
    """`text` with each table between `<!-- table KIND -->` and `<!-- end -->` made anew.

    Raises KeyError for a marker that names no kind.
    """

    def fresh(match: re.Match[str]) -> str:
        kind = match["kind"]
        body = common_table() if kind == "every-record" else table(kind)
        return f"<!-- table {kind} -->\n{body}\n<!-- end -->"

    return re.sub(r"<!-- table (?P<kind>[\w-]+) -->\n.*?<!-- end -->", fresh, text, flags=re.S)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(rewrite(path.read_text(encoding="utf-8")), encoding="utf-8")
