"""A language of the briefing: its catalogue, its locale and how it chooses between two columns.

Messages are the English text. Chinese is read from the gettext catalogue under
templates/locale at run time; nothing is compiled and nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.messages.pofile import read_po

from flows.assets import asset
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.brief.figures import Row

#: What a page calls itself in `lang`, and the babel locale behind it.
LANGUAGES = {"en": ("en", "en_US"), "zh": ("zh-CN", "zh_Hans_CN")}


@dataclass(frozen=True)
class Language:
    """One language: `code` as in file names, `tag` as in HTML, the locale, the catalogue."""

    code: str
    tag: str
    locale: Locale
    catalogue: Mapping[str, str]

    def gettext(self, message: str) -> str:
        """The message in this language; the English text itself where there is no translation."""
        return self.catalogue.get(message) or message

    def text(self, message: str, **values: Any) -> str:
        """The message with `%(name)s` filled in."""
        found = self.gettext(message)
        return found % values if values else found

    def of(self, row: Row, column: str) -> str:
        """A text of a record in this language: `column_zh` in Chinese where it is written."""
        values = row.values
        if self.code == "zh" and values.get(f"{column}_zh"):
            return str(values[f"{column}_zh"])
        found = values[column]
        return "" if found is None else str(found)

    def has(self, row: Row, column: str) -> bool:
        """Whether the text is written in this language, so that a page can mark a borrowed one."""
        return self.code == "en" or bool(row.values.get(f"{column}_zh"))


@cache
def language(code: str) -> Language:
    """The language of a code. Raises WrongUse for one that has no catalogue."""
    if code not in LANGUAGES:
        raise WrongUse(f"There is no language {code!r}.", f"Choose of {', '.join(LANGUAGES)}.")
    tag, locale = LANGUAGES[code]
    return Language(code, tag, Locale.parse(locale), _catalogue(code))


def _catalogue(code: str) -> dict[str, str]:
    path = asset("templates") / "locale" / code / "LC_MESSAGES" / "chipbrief.po"
    if code == "en" or not path.is_file():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=LANGUAGES[code][1], abort_invalid=True)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
