"""Words for the reasons and assumptions that the models give as keys.

Split from `words` for length alone. Plain data.
"""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  the mark that gettext tools look for
    """Mark a message for the catalogue without translating it here."""
    return message


REASONS: dict[str, str] = {}
