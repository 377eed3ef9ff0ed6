"""What the program prints of hostile records, names and arguments commands no terminal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.settings import Settings
from flows.terminal.harmless import escaped, harmless
from tests.hostile.texts import TRICKS, intact, marked

if TYPE_CHECKING:
    from tests.hostile.conftest import Briefed

pytestmark = [pytest.mark.trial, pytest.mark.xdist_group("hostile")]

#: A chip whose own record is as it was; what stands beside it is not.
INTACT, OTHER, *_ = intact("chips", "short_name")
ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    "words",
    [
        ["status"], ["claims"], ["claims", "--json"], ["chip", INTACT],
        ["fee", INTACT, "--price", "9"], ["compare", INTACT, OTHER, "--json"],
        ["send", "--dry-run"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_answer_made_of_hostile_records_is_harmless(briefed: Briefed, words: list[str]) -> None:
    done = briefed.run(*words)

    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not ODD.search(done.stdout + done.stderr)
    if "--json" in words:
        json.loads(done.stdout)


HOSTILE_WORDS = (
    "'; drop table raw_chips; -- ' or '1'='1 ../../etc/passwd {{7*7}} [/red] %s%n$(reboot)`id`",
    f"{marked('chips', 'short_name', TRICKS)}\x1b[2J\r\nx",
)


@pytest.mark.parametrize("word", HOSTILE_WORDS, ids=["query", "terminal"])
@pytest.mark.parametrize(
    "words",
    [["chip"], ["compare", "H200"], ["claims"], ["send", "--dry-run", "--edition"], ["ingest"]],
    ids=lambda words: words[0],
)
def test_a_hostile_argument_is_told_to_be_unknown(
    briefed: Briefed, words: list[str], word: str
) -> None:
    done = briefed.run(*words, word)

    assert done.returncode == 2, done.stdout
    assert not ODD.search(done.stdout + done.stderr)


def test_the_store_has_lost_nothing_by_it(briefed: Briefed) -> None:
    with duckdb.connect(str(briefed.home / "warehouse.duckdb"), read_only=True) as con:
        chips = con.execute("select count(*) from raw_chips").fetchall()
        noted = con.execute("select count(*) from raw_chips where note like '%drop table%'")
        assert noted.fetchall() > [(0,)]
        assert chips > [(85,)]


def test_a_refused_file_is_named_without_its_controls(briefed: Briefed) -> None:
    done = briefed.run("ingest", str(briefed.home.parent / "in"))

    assert done.returncode == 4
    assert "onerror=alert(4)" in done.stdout
    assert not ODD.search(done.stdout)


@pytest.mark.parametrize(
    "settings",
    [
        {"title": "brief\r\nBcc: evil@example.org"},
        {"sender": "a@example.org\r\nBcc: evil@example.org"},
        {"audiences": [{"name": "x\nBcc: y"}]},
        {"audiences": [{"name": "x", "recipients": ["a@example.org\r\nBcc: evil@example.org"]}]},
        {"audiences": [{"name": "x", "recipients": ["a@example.org,evil@example.org"]}]},
        {"queries": [{"name": "../../x", "sql": "select 1"}]},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_setting_that_would_break_a_header_or_a_path_is_wrong(
    settings: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match=r"control characters|mail address|pattern"):
        Settings.model_validate(settings)


def test_what_is_replaced_is_seen_and_json_means_the_same() -> None:
    odd = 'a\x1b\u202e\x9bb\ud800"'
    text = json.dumps({"x": odd}, ensure_ascii=False)

    assert harmless("a\x1b\u202eb\nc") == "a\ufffd\ufffdb\nc"
    assert harmless("a\u200b\U000e0041\u2060b") == "a\ufffd\ufffd\ufffdb"
    assert json.loads(escaped('"a\U000e0041b"')) == "a\U000e0041b"
    assert json.loads(escaped(text)) == {"x": odd}
    assert not ODD.search(escaped(text))
