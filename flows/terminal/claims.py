"""Quoted claims and the definitions under which each of them holds or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.terminal import answer
from flows.terminal.reading import published, rows
from flows.terminal.wording import headed, pen, row
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import datetime as dt

    from flows.brief.figures import Row
    from flows.brief.page import Page
    from flows.settings import Settings


def tell(
    settings: Settings,
    claim: str | None,
    as_of: dt.date | None,
    *,
    as_json: bool,
    language: str | None = None,
) -> None:
    """Print every claim, or one, with its verdict and each definition's own computed value."""
    with published(settings, as_of, ["rpt_claim"]) as con:
        found = rows(con, "select * from rpt_claim order by claim_no, definition_no")
    if claim:
        known = dict.fromkeys(one["claim_id"] for one in found)
        found = [one for one in found if one["claim_id"].casefold() == claim.casefold()]
        if not found:
            raise WrongUse(
                f"No claim has the id {claim!r}.",
                f"There are {', '.join(known)}."
                if known
                else "No claim was on record on that day; name a later one with --as-of.",
            )
    if as_json:
        answer.to_json(found)
        return
    page = pen(settings, language)
    if not found:
        answer.say(page.say("No claim is on record to be checked."))
    for number in dict.fromkeys(one["claim_no"] for one in found):
        _show([row(one) for one in found if one["claim_no"] == number], page)


def _show(definitions: list[Row], page: Page) -> None:
    first = definitions[0]
    answer.table(
        headed(
            page,
            f"{first.claim_id} · {page.text(first, 'claim')}",
            page.word("claim_verdict", first.claim_verdict),
        ),
        ["", page.say("definition"), page.say("computed"), page.say("claimed"),
         page.say("verdict"), page.say("sources")],
        [
            [
                one.definition_id,
                _definition(one, page),
                page.by_unit(one, "computed_value", one.unit),
                page.stated(one),
                headed(page, page.word("verdict", one.verdict), page.word("reason", one.reason))
                if one.reason
                else page.word("verdict", one.verdict),
                one.source_id.replace(";", ", "),
            ]
            for one in definitions
        ],
        numeric=[2, 3],
        notes=[*_parts(definitions, page), *_readings(definitions, page), ""],
    )  # fmt: skip


def _definition(one: Row, page: Page) -> str:
    shown = page.text(one, "definition")
    if not one.is_the_claims_own:
        return shown
    return page.say("%(definition)s (what the claim’s words say)", definition=shown)


def _parts(definitions: list[Row], page: Page) -> list[str]:
    """Which parts of the claim hold and which fail, or which definition makes it true."""
    first = definitions[0]
    if first.claim_verdict == "partly_true":
        return [
            headed(
                page,
                page.word("part_verdict", one.verdict),
                f"{one.definition_id} · {page.text(one, 'definition')}",
            )
            for one in definitions
            if one.is_the_claims_own
        ]
    if first.claim_verdict == "true_only_if":
        return [
            page.say(
                "True only if this is meant: %(id)s, %(definition)s",
                id=one.definition_id,
                definition=page.text(one, "definition"),
            )
            for one in definitions
            if one.verdict == "holds"
        ]
    return []


def _readings(definitions: list[Row], page: Page) -> list[str]:
    """What is our own reading and not the claim's: a limit that its words leave open."""
    return list(dict.fromkeys(page.text(one, "reading") for one in definitions if one.reading))
