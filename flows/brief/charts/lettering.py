"""Words are placed by Vega unseen, and lettered in afterwards.

vl-convert opens the font four times for every character that Vega measures, which is most of
the time of a chart full of labels. Marks here stand on anchors, and titles at the left edge, so
their width moves nothing: Vega is given empty texts that carry their words as a description, and
titles of one letter a line, and the finished drawing gets the words. Axes are still measured.
"""

from __future__ import annotations

import json
import re
from html import escape
from string import ascii_letters
from typing import Any

#: Parts the lines of a text: from the private use area, so in no record that means to be read.
_BREAK = "\ue000"
#: From one line to the next, in pixels.
_LEADING = 16

_TEXT = re.compile(r'<text(?P<before>[^>]*?) aria-label="(?P<said>[^"]*)"(?P<after>[^>]*?)/>')
_TITLE = re.compile(r'<g class="mark-text role-title-(?:text|subtitle)".*?</g>', re.DOTALL)


def unlettered(spec: dict[str, Any]) -> None:
    """Take the words out of a filled spec, in place: titles are kept in its `usermeta`."""
    for rows in spec["datasets"].values():
        for row in rows:
            row |= {k: _BREAK.join(v) for k, v in row.items() if isinstance(v, list)}
    titles: dict[str, str] = {}
    _empty(spec, titles)
    spec["usermeta"] = {"titles": titles}


def lettered(svg: str, spec: str) -> str:
    """The drawing with the words of its spec in their places."""
    titles: dict[str, str] = json.loads(spec).get("usermeta", {}).get("titles", {})

    def title(found: re.Match[str]) -> str:
        return re.sub(r">([A-Za-z])<", lambda m: f">{escape(titles[m[1]])}<", found[0])

    return _TEXT.sub(_with_words, _TITLE.sub(title, svg))


def _empty(node: Any, titles: dict[str, str]) -> None:
    if isinstance(node, list):
        for part in node:
            _empty(part, titles)
        return
    if not isinstance(node, dict):
        return
    heading = node.get("title")
    if isinstance(heading, dict):
        for key in ("text", "subtitle"):
            if key in heading:
                lines = heading[key] if isinstance(heading[key], list) else [heading[key]]
                heading[key] = [_stand_in(line, titles) for line in lines]
    mark = node.get("mark")
    if isinstance(mark, dict) and mark["type"] == "text":
        text = node["encoding"].pop("text")
        if isinstance(text.get("value"), list):
            text = {"value": _BREAK.join(text["value"])}
        node["encoding"] |= {"text": {"value": ""}, "description": text}
        mark["aria"] = True
    for key in ("layer", "vconcat"):
        _empty(node.get(key), titles)


def _stand_in(line: str, titles: dict[str, str]) -> str:
    letter = ascii_letters[len(titles)]
    titles[letter] = line
    return letter


def _with_words(found: re.Match[str]) -> str:
    words, *more = found["said"].split(_BREAK)
    if more:
        words = f"<tspan>{words}</tspan>" + "".join(
            f'<tspan x="0" dy="{_LEADING}">{line}</tspan>' for line in more
        )
    return f"<text{found['before']}{found['after']}>{words}</text>"
