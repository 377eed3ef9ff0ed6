"""Short texts of the bundled records that have no Chinese column: offices, forms, channels.

Listed so that the catalogues translate them; a text that is not here is shown in its own
language and marked as such. Plain data.
"""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  the mark that gettext tools look for
    """Mark a message for the catalogue without translating it here."""
    return message


#: Who acted.
AUTHORITIES = (
    N_("BIS (Kessler)"),
    N_("CAC"),
    N_("Commerce"),
    N_("Customs"),
    N_("House HFAC"),
    N_("MIIT"),
    N_("MIIT/CAC/NDRC"),
    N_("MOFCOM"),
    N_("NDRC"),
    N_("President"),
    N_("Supreme Court"),
    N_("USG letter"),
    N_("White House"),
    N_("dialogue"),
    N_("government"),
)

#: The form of what they did, where it is no citation.
INSTRUMENTS = (
    N_("GP10 guidance"),
    N_("Proclamation 11002"),
    N_("Proclamation 11002; HTS 9903.79.01; US Note 39"),
    N_("88 FR 73458 (AC/S IFR update, 3A090)"),
    N_("87 FR 62186 (2022 advanced computing rule, 3A090)"),
    N_("Q2 FY26 CFO commentary"),
    N_("Q1 FY27"),
    N_("Q2 FY27"),
    N_("Q3 FY27 results"),
    N_("Truth Social"),
    N_("assurance"),
    N_("bill"),
    N_("case-by-case"),
    N_("conditional approval"),
    N_("corrections rule"),
    N_("decision (reported)"),
    N_("government guidance"),
    N_("guidance"),
    N_("instruction"),
    N_("is-informed letter to NVIDIA (09 Apr), indefinite (14 Apr)"),
    N_("licence"),
    N_("licences"),
    N_("none"),
    N_("none: a statement"),
    N_("none: oral; ECRA 50 USC 4815(c) bars licence fees"),
    N_("oral"),
    N_("oral arrangement"),
    N_("press release"),
    N_("procurement list"),
    N_("report due"),
    N_("reported"),
    N_("reported (no text published)"),
    N_("summons"),
    N_("suspension expiry"),
    N_("talks"),
    N_("testimony"),
    N_("truce"),
)

#: Who pays a fee.
PAYERS = (
    N_("AMD (seller)"),
    N_("NVIDIA (seller)"),
    N_("importer of record"),
    N_("importer of record (NVIDIA, ODM or logistics agent)"),
    N_("importer of record (NVIDIA, ODM or logistics agent); NVIDIA reports bearing it"),
    N_("unspecified"),
)

#: What an export status rests on.
STATUS_BASES = (
    N_("3A090"),
    N_("3A090 (2022)"),
    N_("3A090.a"),
    N_("91 FR 1684 + Proclamation 11002"),
    N_("NDRC / firm-level approvals"),
    N_("TPP<21000 and BW<6500; not in a tariff band"),
    N_("TPP>=4800"),
    N_("TPP>=4800; NVIDIA told effective immediately 2023-10-23 (unverified)"),
    N_("Truth Social statement"),
    N_("White House refusal reported 2025-11-07"),
    N_("band 2"),
    N_("below 3A090"),
    N_("below 600 GB/s I/O"),
    N_("customs agents told not permitted (Reuters)"),
    N_("is-informed letter"),
    N_("is-informed letter; ~$800M charge"),
    N_("launch (Reuters)"),
    N_("licences issued; 15% expectation not codified; Beijing guidance against purchase"),
    N_("named as eligible for case-by-case review and outside both duty bands"),
    N_("outside Jan-2026 zone"),
    N_("pre-control"),
    N_("shipments from Q4 2025"),
)

#: What the records make of a figure on which sources disagree.
VERDICTS = (
    N_("sparse: halve before comparing or computing TPP"),
    N_("sparse value stored under BF16: reject"),
    N_("invented/rack-scaled: reject"),
    N_("different SKU and FP4 rating"),
    N_("4000 is consistent with 4 HBM stacks"),
    N_("unlaunched, estimates only"),
    N_("April-2025 licence line is 1.4 TB/s"),
    N_("half of MI300X, no vendor source"),
    N_("10.3 TB/s impossible; 4.0 assumed"),
    N_("assumption (copied from H20)"),
    N_("20,919; rounding flips the tariff band"),
    N_("typo"),
    N_("1835 vendor; 3670 is a wrong doubling"),
    N_("bins B1-B4 + Pro"),
    N_("variant-dependent"),
    N_("range"),
    N_("use 973 for tensor comparisons"),
    N_("no datasheet"),
    N_("reject"),
    N_("unresolved"),
)

#: Who quoted a price.
CHANNELS = (
    N_("ByteDance 350k for ~$5.6B"),
    N_("DeepSeek 160k for $2.56B"),
    N_("Epoch annual range"),
    N_("Epoch release price"),
    N_("Reuters"),
    N_("Reuters-derived"),
    N_("SemiAnalysis via press"),
    N_("channel"),
    N_("channel estimate"),
    N_("channel note"),
    N_("channel, early-2025 variant"),
    N_("channel, mid-2024"),
    N_("digest"),
    N_("institution estimate"),
    N_("press estimate"),
    N_("quote to channels"),
    N_("repo estimate, single source"),
    N_("third-party range"),
)

#: Who publishes shares, and of which market.
MARKETS = (
    N_("AI geopolitics digest"),
    N_("Bernstein"),
    N_("Frost & Sullivan"),
    N_("Jensen Huang"),
    N_("Morgan Stanley"),
    N_("Seed article"),
    N_("ppuip.com"),
    N_("China"),
    N_("China AI chip demand"),
    N_("China AI chip demand (pre-ban view)"),
    N_("China AI chip market"),
    N_("China AI chip market $20.4B"),
    N_("China AI chips"),
    N_("China AI servers chip source"),
    N_("China GPU self-sufficiency"),
    N_("China accelerator cards"),
    N_("China data-centre AI GPU (speech)"),
    N_("China high-end AI GPU"),
    N_("China high-end AI chips"),
    N_("H20 sales lost to ban"),
    N_("local AI chip supply"),
    N_("local share of sales"),
    N_("after H200"),
    N_("before"),
)

#: What kind of thing a source is.
SOURCE_KINDS = (
    N_("article under test"),
    N_("broker note on filing"),
    N_("consultant"),
    N_("daily digest citing Reuters/FT/Bloomberg"),
    N_("estimate"),
    N_("expert table, cites datasheets"),
    N_("filing data"),
    N_("filing extract"),
    N_("filing figures in dataset"),
    N_("filing summary"),
    N_("investor forum note"),
    N_("legal analysis"),
    N_("news"),
    N_("news aggregation"),
    N_("news rewrite, low quality"),
    N_("news/filings notes"),
    N_("official statistics"),
    N_("press centre"),
    N_("press centre via digest"),
    N_("price file"),
    N_("primary filing text"),
    N_("primary text"),
    N_("primary text extract"),
    N_("primary text extracts + law-firm alerts"),
    N_("repo note"),
    N_("repo note citing filings"),
    N_("research"),
    N_("research note"),
    N_("secondary compilation with evidence notes"),
    N_("secondary dataset"),
    N_("secondary note"),
    N_("secondary research file"),
    N_("sell-side"),
    N_("sell-side via press"),
    N_("trade press"),
    N_("unverified"),
    N_("vendor-derived table"),
)
