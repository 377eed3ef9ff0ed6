"""The version of the record contracts, apart from them so that it can be read for free."""

from __future__ import annotations

#: Raised when a contract changes what it accepts: every file is then read again.
CONTRACT_VERSION = 1
