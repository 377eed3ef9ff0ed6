"""docs/records.md against the contracts: what a person is told is what is enforced."""

from __future__ import annotations

import io
import re
from pathlib import Path

import polars as pl
import pytest

from flows.ingest.contracts import KINDS
from flows.ingest.contracts.describe import rewrite
from flows.ingest.contracts.record import CONFIDENCES, PUBLISHED_BASES

DOCS = Path(__file__).parents[2] / "docs" / "records.md"


def test_the_tables_are_those_of_the_contracts() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert rewrite(text) == text, "run python -m flows.ingest.contracts.describe docs/records.md"


def test_every_kind_has_its_section_its_table_and_its_sample() -> None:
    sections = re.split(r"^## ", DOCS.read_text(encoding="utf-8"), flags=re.M)
    by_name = {section.split("\n", 1)[0]: section for section in sections}
    for kind in KINDS:
        assert f"<!-- table {kind} -->" in by_name[kind]
        assert "```csv" in by_name[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_use_columns_of_the_contract(kind: str) -> None:
    section = DOCS.read_text(encoding="utf-8").split(f"\n## {kind}\n")[1].split("\n## ")[0]
    sample = section.split("```csv\n")[1].split("```")[0]
    rows = pl.read_csv(io.StringIO(sample), infer_schema=False)
    columns = KINDS[kind].columns()
    assert set(rows.columns) <= set(columns)
    needed = {name for name, column in columns.items() if not column.nullable} - {"line"}
    assert needed <= set(rows.columns)


def test_every_confidence_and_published_basis_is_explained() -> None:
    text = DOCS.read_text(encoding="utf-8")
    prose = re.sub(r"<!-- table .*?<!-- end -->", "", text, flags=re.S)
    for word in (*CONFIDENCES, *PUBLISHED_BASES):
        assert f"`{word}`" in prose
