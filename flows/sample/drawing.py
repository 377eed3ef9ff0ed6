"""Draws: whole numbers that depend on a row's number, a seed and a purpose, and on nothing else.

Written out rather than taken from a library, whose generator another version may change.
"""

from __future__ import annotations

import polars as pl


def drawn(seed: int, purpose: int) -> pl.Expr:
    """A number below 2**32 for each `number`, another one for each seed and purpose.

    The mixer is `lowbias32` of Chris Wellons' hash-prospector: two rounds of multiply and shift.
    """
    start = (seed * 0x9E3779B1 + purpose * 0x85EBCA77) % 2**32
    mixed = pl.col("number") ^ pl.lit(start, pl.UInt32)
    for shift, factor in ((16, 0x21F0AAAD), (15, 0xD35A2D97)):
        mixed = (mixed ^ (mixed // 2**shift)) * pl.lit(factor, pl.UInt32)
    return mixed ^ (mixed // 2**15)
