"""What verify and rebuild say, to a person or to a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flows.terminal import answer

if TYPE_CHECKING:
    from flows.build.run import BuildReport
    from flows.desk import Verdict
    from flows.ingest.rebuild import RebuildReport


def tell_verdict(verdict: Verdict, *, as_json: bool) -> None:
    """Every promise with what was looked at; every flaw with its place and the way out."""
    if as_json:
        answer.to_json(
            {
                "is_whole": verdict.exit_code == 0,
                "content": verdict.content,
                "audits": [asdict(audit) for audit in verdict.audits],
            }
        )
        return
    answer.table(
        "All is whole" if verdict.exit_code == 0 else "Something is not as it was written",
        ["", "promise", "looked at", "flaws"],
        [
            [audit.name, audit.note or audit.promise, audit.looked_at, len(audit.flaws)]
            for audit in verdict.audits
        ],
        numeric=[2, 3],
    )
    for audit in verdict.audits:
        for flaw in audit.flaws:
            answer.say(f"{audit.name}: {flaw.where}", f"    {flaw.what}", f"    {flaw.way_out}")
    answer.say(f"content {verdict.content or 'none'}")


def tell_rebuild(made: RebuildReport, built: BuildReport | None, *, as_json: bool) -> None:
    """What was made again, and whether the content is what it was."""
    if as_json:
        answer.to_json(
            {
                **asdict(made),
                "is_same": made.before == made.after if made.before else None,
                "build_id": built.build_id if built else None,
            }
        )
        return
    answer.say(f"{made.batches} batches, {made.rows:,} records made again from landing/.")
    if not made.before:
        answer.say(
            "The old warehouse was gone or could not be read: the history of runs and the memory"
            " of files read, which landing/ does not hold, begin anew."
        )
    elif made.before == made.after:
        answer.say("The content is the same as before.")
    else:
        answer.say(f"The content before was {made.before}: the old file was not what landing/ is.")
    answer.say(f"content {made.after}")
    if built:
        answer.say(f"Built as of {built.as_of} ({built.build_id}).")
