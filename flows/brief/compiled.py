"""Compiled templates, kept in `__pycache__` as Python keeps its own modules.

Compiling them takes a third of an edition's time. What is kept is used only for the same source
of the template, the same environment and the same Python and jinja2.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket


class Beside(jinja2.FileSystemBytecodeCache):
    """Byte code beside the module that makes the environment, and for that text of it alone.

    Written where Python would write its own: not under PYTHONDONTWRITEBYTECODE, and not into a
    folder that cannot be written, which is no reason to stop.
    """

    def __init__(self, module: Path) -> None:
        made_by = hashlib.sha256(jinja2.__version__.encode() + module.read_bytes()).hexdigest()
        folder = module.with_name("__pycache__")
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                folder.mkdir(exist_ok=True)
        super().__init__(str(folder), f"template-{made_by[:16]}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept of one template, if the folder can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template's byte code, if this may be written at all."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)
