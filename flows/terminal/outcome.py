"""What a command did, in lines for a person or in JSON for a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flows.terminal import answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.brief.edition import Edition
    from flows.build.run import BuildReport
    from flows.deliver.report import DeliveryReport
    from flows.ingest.report import FileReport, IngestReport
    from flows.pipeline import RunReport


def tell_run(report: RunReport, *, as_json: bool) -> None:
    """The whole run: one line a stage, and where the pages are."""
    if as_json:
        answer.to_json(
            {
                "did_nothing": report.did_nothing,
                "exit_code": report.exit_code,
                "seconds": round(report.seconds, 3),
                "ingest": _ingest_json(report.ingested) if report.ingested else None,
                "build": asdict(report.built) if report.built else None,
                "moved": report.moved,
                "editions": [_edition_json(e) for e in report.editions],
                "delivery": report.delivered.to_json() if report.delivered else None,
            }
        )
        return
    if report.ingested:
        _ingest_lines(report.ingested, only_news=True)
    if report.did_nothing and not (report.built and report.built.mended):
        answer.lines("Nothing to do: inputs, models and editions are as they were.")
        if report.built:
            _contradiction_lines(report.built)
    elif report.built:
        _build_lines(report.built)
        _moved_lines(report.moved)
    _edition_lines(report.editions)
    if report.delivered and report.delivered.deliveries:
        answer.lines(*report.delivered.lines())
    answer.lines(f"Done in {report.seconds:.1f} s.")


def tell_ingest(report: IngestReport, *, as_json: bool) -> None:
    """Every file read, with the law of its batch and what was held back."""
    if as_json:
        answer.to_json(_ingest_json(report))
        return
    _ingest_lines(report, only_news=False)


def tell_build(report: BuildReport, *, as_json: bool) -> None:
    """What the build made."""
    if as_json:
        answer.to_json(asdict(report))
        return
    _build_lines(report)


def tell_editions(editions: Sequence[Edition], *, as_json: bool) -> None:
    """Where the pages are."""
    if as_json:
        answer.to_json([_edition_json(edition) for edition in editions])
        return
    if not editions:
        answer.lines("No briefing is missing.")
    _edition_lines(editions)


def tell_delivery(report: DeliveryReport, *, as_json: bool) -> None:
    """What was mailed, or would be."""
    if as_json:
        answer.to_json(report.to_json())
        return
    answer.lines(*report.lines())


def _ingest_lines(report: IngestReport, *, only_news: bool) -> None:
    for file in report.files:
        if file.status == "unchanged" and only_news:
            continue
        if file.dismissed:
            if not only_news:
                answer.lines(f"dismissed {file.shown}: {file.reason} ({file.dismissed})")
            continue
        if file.status == "refused":
            answer.lines(f"refused  {file.shown}: {file.reason}", f"         {file.way_out}")
        elif not only_news or file.rows_quarantined:
            answer.lines(f"{file.status:<8} {_shown(file)}")
        if file.rows_accepted:
            answer.lines(
                *([f"         taken as read: {' '.join(file.assumed)}"] if file.assumed else [])
            )
        for finding in file.findings:
            at = f", first in line {finding.first_line}" if finding.first_line else ""
            answer.lines(
                f"         {finding.rule}: {finding.count} row(s){at} {finding.example}".rstrip()
            )
    answer.lines(*report.remarks)
    read = [f for f in report.files if f.status != "unchanged"]
    if read or not only_news:
        answer.lines(
            f"Read {len(read)} new file(s) of {len(report.files)}: {report.rows_read:,} rows ="
            f" {report.rows_accepted:,} accepted + {report.rows_duplicate:,} duplicate"
            f" + {report.rows_quarantined:,} quarantined."
        )
    if report.moves:
        from flows import moves

        answer.lines(*moves.lines(report.moves))


def _shown(file: FileReport) -> str:
    return (
        f"{file.shown} ({file.kind}, {file.provider}): {file.rows_read:,} rows ="
        f" {file.rows_accepted:,} accepted + {file.rows_duplicate:,} duplicate"
        f" + {file.rows_quarantined:,} quarantined"
    )


def _build_lines(report: BuildReport) -> None:
    if report.mended:
        answer.lines(f"The published file was damaged and is written anew: {report.mended}.")
    if not report.is_new:
        answer.lines(f"Build {report.build_id} as of {report.as_of} stands: nothing has changed.")
    else:
        answer.lines(
            f"Built {len(report.built)} models as of {report.as_of}, {report.unchanged} unchanged,"
            f" all checks hold ({report.build_id})."
        )
    _contradiction_lines(report)


def _contradiction_lines(report: BuildReport) -> None:
    if report.contradictions:
        answer.lines(
            f"{report.contradictions:,} record(s) contradict others and are in no figure:"
            " `chipbrief status` tells which, and why."
        )


def _moved_lines(moved: Mapping[str, int] | None) -> None:
    if moved is None:
        return
    of = ", ".join(f"{section} {count:,}" for section, count in moved.items())
    total = sum(moved.values())
    answer.lines(f"{total:,} figures moved: {of}." if total else "No figure moved.")


def _edition_lines(editions: Sequence[Edition]) -> None:
    for edition in editions:
        news = "" if edition.is_new else " (unchanged)"
        answer.lines(f"Briefing {edition.edition_id}{news}:")
        for language, path in sorted(edition.pages.items()):
            answer.lines(f"  {language}  {path}")
        for language, charts in sorted(edition.charts_lost.items()):
            answer.lines(
                *(
                    f"  warning: the chart {name} ({language}) cannot be drawn and is left out, a"
                    f" line says so in its place: {why}. Report it with data.json of the edition."
                    for name, why in sorted(charts.items())
                )
            )


def _ingest_json(report: IngestReport) -> dict[str, Any]:
    return {
        "rows_read": report.rows_read,
        "rows_accepted": report.rows_accepted,
        "rows_duplicate": report.rows_duplicate,
        "rows_quarantined": report.rows_quarantined,
        "files_refused": report.files_refused,
        "remarks": report.remarks,
        "files": [asdict(file) for file in report.files],
        "moves": [asdict(move) for move in report.moves],
    }


def _edition_json(edition: Edition) -> dict[str, Any]:
    return {
        "edition_id": edition.edition_id,
        "is_new": edition.is_new,
        "revision": edition.revision,
        "folder": edition.folder,
        "pages": edition.pages,
        "charts_lost": edition.charts_lost,
    }
