"""The files of providers that the docs show are recognised as what the docs call them, and read."""

from __future__ import annotations

import re
from pathlib import Path

from flows.ingest.readers import READERS, reader_for
from flows.ingest.readers.reading import Listing, Request
from flows.ingest.received import look_at

PAGE = (Path(__file__).parents[2] / "docs" / "records.md").read_text("utf-8")
LISTINGS = {
    "NVDA": [Listing("NVDA", "XNAS", "USD", is_index=False)],
    "688256": [Listing("688256", "XSHG", "CNY", is_index=False)],
}


def test_every_provider_has_its_line_and_an_example_that_is_read(tmp_path: Path) -> None:
    shown = re.findall(r"^`([^`]+)` of `([a-z]+)`\n\n```text\n(.*?)```", PAGE, re.S | re.M)

    assert {provider for _, provider, _ in shown} == READERS.keys() - {"tidy", "cncustoms"}
    for name, provider, text in shown:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        received = look_at(file, name)
        reader = reader_for(received, None)
        request = Request(listings=LISTINGS, adjustment="split")
        reading = reader.read(received, reader.plan(received, request), request)
        assert reader.name == provider
        assert reading.rows.height
        assert reading.ragged.is_empty()
    assert all(f"| `{provider}` |" in PAGE for provider in READERS)
