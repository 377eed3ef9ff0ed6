"""JSON with its numbers as the text that they were received as, and nothing said twice.

Python's own parser reads a number through a float and lets the last of two equal keys win.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

_SHOWN = 40


class NotJson(ValueError):
    """A text is not one JSON object that says each thing once; `rule` is the rule it broke."""

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(what)
        self.rule = rule


def _no_number(stated: str) -> NoReturn:
    raise NotJson("not_an_object", f"The line is not JSON: {stated} is no number of it.")


#: An object becomes a tuple of its pairs, a list stays one, a number is its text.
_DECODER = json.JSONDecoder(
    object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=_no_number
)


def members(text: str) -> dict[str, object]:
    """What an object says, by key: text of a text or a number, True, False, None, or a tuple or
    list of what it holds. Raises NotJson.
    """
    try:
        pairs = _DECODER.decode(text)
    except NotJson:
        raise
    except (ValueError, RecursionError):
        raise NotJson("not_an_object", "The line is not one whole JSON object.") from None
    if pairs.__class__ is not tuple:
        raise NotJson("not_an_object", "The line is not one whole JSON object.")
    return _once(pairs, text)


def objects(text: str) -> list[str]:
    """The texts of the objects in a list, each on one line. Raises NotJson."""
    found: list[str] = []
    try:
        end = _end_of_list(text, found)
    except NotJson:
        raise
    except (ValueError, IndexError, RecursionError):
        where = f"The list is not JSON after object {len(found)}."
        raise NotJson("not_an_object", where) from None
    if text[end:].strip():
        raise NotJson("not_an_object", "Something follows the list.")
    return found


def _end_of_list(text: str, found: list[str]) -> int:
    """Add the objects of the list to `found`; the place after its end."""
    at = _after_blanks(text, text.index("[") + 1)
    if text[at] == "]":
        return at + 1
    while True:
        value, end = _DECODER.raw_decode(text, _after_blanks(text, at))
        if value.__class__ is not tuple:
            raise NotJson("not_an_object", f"Value {len(found) + 1} of the list is no object.")
        # a line break within JSON parts words only: in a text it is written as \n
        found.append(text[at:end].replace("\r", " ").replace("\n", " ").strip())
        at = _after_blanks(text, end)
        if text[at] == "]":
            return at + 1
        if text[at] != ",":
            raise NotJson("not_an_object", f"The list breaks off after object {len(found)}.")
        at += 1


def _after_blanks(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _once(pairs: tuple[tuple[str, Any], ...], text: str) -> dict[str, object]:
    stated: dict[str, object] = dict(pairs)
    if len(stated) < len(pairs):
        seen: dict[str, object] = {}
        for key, value in pairs:
            if key in seen:
                first, second = (str(v)[:_SHOWN] for v in (seen[key], value))
                raise NotJson(
                    "key_twice", f"The object says {key} twice: {first!r} and {second!r}."
                )
            seen[key] = value
    if "\\u" in text and not _is_text(stated):
        raise NotJson("not_an_object", "The line holds half of a character (\\ud800 to \\udfff).")
    return stated


def _is_text(stated: dict[str, object]) -> bool:
    try:
        "".join(w for w in (*stated, *stated.values()) if isinstance(w, str)).encode()
    except UnicodeEncodeError:
        return False
    return True
