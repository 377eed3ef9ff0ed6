"""A home that an earlier version left opens in this one: nothing of it is lost, and it goes on."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

ARCHIVES = sorted(Path(__file__).parent.glob("*.tar.xz"))
#: How the archives were made; their readers are told by e-mail once an edition.
SETTINGS = {
    "CHIPBRIEF_USE_SEEDS": "false",
    "CHIPBRIEF_LANGUAGES": '["en"]',
    "CHIPBRIEF_AUDIENCES": json.dumps(
        [
            {
                "name": "Desk",
                "language": "en",
                "periods": ["weekly"],
                "recipients": ["ann@example.org", "bob@example.org"],
            }
        ]
    ),
}
BAR = """\
symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,published_on,source_id,\
confidence
NVDA,XNAS,2026-11-20,split,181.11,183.25,180.05,182.37,91591112,USD,2026-11-20,MINE,seen-secondary
"""


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The home in another place than where it was made."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "home"


def _run(run_chipbrief: Run, home: Path, *words: str, code: int = 0, **environment: str) -> Any:
    done = run_chipbrief(home, *words, cwd=home.parent, **{**SETTINGS, **environment})
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout) if "--json" in words else done.stdout


def _hashes(folder: Path, names: str = "*") -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob(names))
        if path.is_file()
    }


def _mail(home: Path) -> dict[str, str]:
    return _hashes(home / "outbox", "*.eml")


def _accepted(status: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {
        row["kind"]: (row["accepted"], row["held_back"], row["files_refused"])
        for row in status["records"]
    }


def test_every_archive_is_small_and_told_of() -> None:
    readme = (Path(__file__).parent / "README.md").read_text("utf-8")

    assert ARCHIVES
    for archive in ARCHIVES:
        assert archive.stat().st_size < 1_000_000
        assert f"`{archive.name}`" in readme


def test_its_records_stand_and_new_ones_join_them(home: Path, run_chipbrief: Run) -> None:
    outbox, landing = _mail(home), _hashes(home / "landing")
    before = _accepted(_run(run_chipbrief, home, "status", "--json"))
    (home.parent / "more.csv").write_text(BAR)

    _run(run_chipbrief, home, "ingest", str(home.parent / "more.csv"))
    _run(run_chipbrief, home, "build")
    _run(run_chipbrief, home, "send")

    after = _accepted(_run(run_chipbrief, home, "status", "--json"))
    assert after.pop("prices")[0] == before["prices"][0] + 1
    assert after == {kind: counts for kind, counts in before.items() if kind != "prices"}
    assert _mail(home) == outbox
    assert landing.items() <= _hashes(home / "landing").items()
    held = _run(run_chipbrief, home, "quarantine", "list", "--json")
    assert sum(row["rows"] for row in held["held"]) == sum(counts[1] for counts in before.values())
    assert len(held["refused"]) == sum(counts[2] for counts in before.values())


def test_its_readers_are_answered_once_it_is_built(home: Path, run_chipbrief: Run) -> None:
    """The models of a later version read columns that the older records have not."""
    asked = run_chipbrief(
        home, "chip", "H200", "--as-of", "2026-03-01", cwd=home.parent, **SETTINGS
    )
    assert asked.returncode in (0, 2), asked.stderr
    assert asked.returncode == 0 or "Run `chipbrief build`" in asked.stderr

    _run(run_chipbrief, home, "build")

    _run(run_chipbrief, home, "chip", "H200", "--as-of", "2026-03-01")
    _run(run_chipbrief, home, "claims")
    _run(run_chipbrief, home, "status")


@pytest.mark.trial
def test_it_is_whole_is_made_again_and_goes_on(home: Path, run_chipbrief: Run) -> None:
    editions = sorted(path.name for path in (home / "briefings").iterdir() if path.is_dir())
    kept, outbox = _hashes(home / "briefings" / editions[0]), _mail(home)
    (home.parent / "more.csv").write_text(BAR)
    _run(run_chipbrief, home, "ingest", str(home.parent / "more.csv"))
    _run(run_chipbrief, home, "build")
    whole = _run(run_chipbrief, home, "verify", "--json")

    made = _run(run_chipbrief, home, "rebuild", "--json")

    assert made["after"] == whole["content"]
    assert _run(run_chipbrief, home, "verify", "--json")["content"] == whole["content"]
    assert _mail(home) == outbox
    # a week later: an edition of its own, once to each reader, and the earlier one as it was
    later = {"CHIPBRIEF_NOW": "2026-11-30T08:00:00+00:00"}
    _run(run_chipbrief, home, "run", **later)
    assert _hashes(home / "briefings" / editions[0]) == kept
    sent = _mail(home)
    assert outbox.items() <= sent.items()
    assert len(sent) == len(outbox) + 2
    _run(run_chipbrief, home, "run", **later)
    assert _mail(home) == sent


@pytest.mark.trial
def test_its_figures_are_traced_and_compared(home: Path, run_chipbrief: Run) -> None:
    edition = next(path.name for path in (home / "briefings").iterdir() if path.is_dir())
    later = {"CHIPBRIEF_NOW": "2026-11-30T08:00:00+00:00"}
    listed = _run(run_chipbrief, home, "trace", "--list", edition, "--match", "h200_tpp", "--json")

    told = _run(run_chipbrief, home, "trace", listed[0]["figure"], "--edition", edition, "--json")
    _run(run_chipbrief, home, "run", **later)
    differs = _run(run_chipbrief, home, "diff", edition, "weekly-2026-W48", "--json", **later)

    assert told["edition"] == edition
    assert told["is_same"]
    assert any(one["kind"] == "chips" and one["rows"] for one in told["records"])
    assert differs
