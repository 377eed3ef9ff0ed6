"""Templates to text: the page, the mail's two parts and its subject, from figures alone.

Everything that comes from a record is escaped by jinja2; a name that a template does not know,
or a number that nobody formatted, is an error. Reads templates; writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from flows.assets import asset
from flows.brief import compiled, edges, formats, headline, held, news, shapes
from flows.brief.charts.palette import DARK, LIGHT
from flows.brief.issue import Issue
from flows.brief.language import language as language_of
from flows.brief.page import Page, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.brief.changes import Changes
    from flows.brief.charts import Drawing
    from flows.brief.drawings import Coming
    from flows.brief.figures import Figures
    from flows.brief.language import Language
    from flows.brief.page import Medium

SECTIONS = ("headline", "changes", "policy", "chips", "revenue", "fees", "share", "reaction",
            "claims", "calendar", "quality", "sources")  # fmt: skip
_NAMES = {"en": "English", "zh": "中文"}


@dataclass(frozen=True)
class Material:
    """All that one language of an edition is rendered from. `drawings`: chart name → drawing."""

    issue: Issue
    figures: Figures
    changes: Changes
    drawings: Mapping[str, Drawing | Coming]
    languages: tuple[str, ...]
    #: Language → what its page, mail, text and subject share, once one of them was rendered.
    shaped: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)


def web(material: Material, language: str) -> str:
    """The web page: one self-contained HTML file."""
    return _render("briefing/web.html", material, language, "web")


def mail_html(material: Material, language: str, rows: int = 10) -> str:
    """The mail's HTML part before its styles are inlined; `rows` of each table at most."""
    return _render("briefing/mail.html", material, language, "mail", rows)


def mail_text(material: Material, language: str) -> str:
    """The mail's text part."""
    lines = _render("briefing/mail.txt", material, language, "text").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def subject(material: Material, language: str) -> str:
    """The subject: one line, whatever the records hold."""
    written = _render("briefing/subject.txt", material, language, "text")
    return " ".join(clean(written).split())[:180]


def archive(editions: list[dict[str, Any]], title: str) -> str:
    """The archive page, in every language that an edition has."""
    languages = [language_of(code) for code in _NAMES]
    context = {
        "title": title,
        "palette": {"light": LIGHT, "dark": DARK},
        "languages": [
            {
                "code": language.code,
                "tag": language.tag,
                "name": _NAMES[language.code],
                "_": Page(language, "web").say,
                "editions": [_listed(told, language) for told in editions],
            }
            for language in languages
        ],
    }
    return _environment().get_template("briefing/archive.html").render(context)


def _listed(told: dict[str, Any], language: Language) -> dict[str, Any]:
    start, end, as_of = (dt.date.fromisoformat(told[k]) for k in ("start", "end", "as_of"))
    issue = Issue(told["kind"], told["period"], start, end, as_of, told["title"], told["revision"])
    return {
        "id": issue.edition_id,
        "name": issue.name(language),
        "revision": issue.revision,
        "as_of": formats.day(language, as_of),
        "languages": [(code, _NAMES[code]) for code in told["languages"] if code in _NAMES],
        "has": language.code in told["languages"],
    }


def _render(template: str, material: Material, code: str, medium: Medium, rows: int = 10) -> str:
    language = language_of(code)
    figures = material.figures
    shaped = _shaped(material, language)
    page = Page(language, medium, shaped["names"])
    drawn = {name: d for name, d in material.drawings.items() if not d.is_empty}
    context = shaped | {
        "_": page.say,
        "p": page,
        "language": language,
        "lede": headline.sentence(figures, page),
        "subject_figure": headline.first_figure(figures, page),
        "headlines": [
            {
                "row": row,
                "label": headline.label(row, page),
                "value": headline.value(row, page),
                "basis": headline.basis(row, page),
                "is_words": row.unit == "date",
            }
            for row in figures.by("rpt_headline", "figure_no")
        ],
        "sections": SECTIONS,
        "rows_at_most": rows,
        "palette": {"light": LIGHT, "dark": DARK},
        "figures": figures,
        "edges": edges,
        "changes": material.changes,
        "news": news.lines(material.changes, page),
        "drawings": drawn,
        "lost": {name for name, d in material.drawings.items() if d.why_lost},
        "standing": shapes.standing(figures, page),
        "held": held.held(figures, page),
        "sources": lambda: shapes.sources(figures, page),
    }
    return clean(_environment().get_template(template).render(context))


def _shaped(material: Material, language: Language) -> dict[str, Any]:
    """What is the same in every medium of a language: shaped once for all four."""
    if language.code not in material.shaped:
        figures, issue = material.figures, material.issue
        material.shaped[language.code] = {
            "names": shapes.names(figures, language),
            "languages": [
                {"code": c, "tag": language_of(c).tag, "name": _NAMES[c]}
                for c in material.languages
            ],
            "title": issue.title,
            "issue": issue,
            "issue_name": issue.name(language),
            "issue_days": issue.days(language),
            "as_of": formats.day(language, issue.as_of),
            "chips": shapes.chips(figures),
            "revenue": shapes.revenue(figures, language),
            "fee_groups": shapes.fee_groups(figures),
            "scenarios": shapes.scenarios(figures, language),
            "shares": shapes.shares(figures),
            "shipments": shapes.shipments(figures, language),
            "calendar_quarters": shapes.calendar_quarters(figures, language),
            "coverage": shapes.coverage(figures),
            "buckets": shapes.buckets(figures),
            "placements": shapes.placements(figures, language),
            "reactions": shapes.reactions(figures),
            "claims": shapes.claims(figures),
            "quality": shapes.quality(figures),
        }
    return material.shaped[language.code]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(asset("templates")),
        # off for the text part alone, which is no HTML
        autoescape=lambda name: not (name or "").endswith(".txt"),  # noqa: S701
        undefined=jinja2.StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled.Beside(Path(__file__)),
    )
    environment.filters["message"] = Markup
    environment.filters["drawing"] = Markup
    return environment


def compile_all() -> None:
    """Compile every template once, so that no run has to."""
    environment = _environment()
    for name in environment.list_templates(extensions=("html", "txt")):
        environment.get_template(name)


def _final(value: Any) -> Any:
    """Refuse what no format has written: a template places text, it does not turn figures to it."""
    if value is None or isinstance(value, bool | float | Decimal | dt.date):
        raise TypeError(f"a template prints a raw value: {value!r}")
    return value
