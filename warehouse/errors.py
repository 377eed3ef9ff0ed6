"""The errors that reach a person. Each says what, where and the way out, and its exit code.

Trouble                1  something unforeseen
├── WrongUse           2  a wrong argument or setting
│   └── NothingThere   2  a path or pattern stands for no file
├── LockHeld           3  another run is writing
├── DiskFull           1  no room is left where a home lies
├── Damaged            1  a database file is not whole
├── CheckFailed        5  a check failed, nothing was published
├── ModelFailed        1  a model cannot be computed, nothing was published
└── NotBuilt           2  a reader came before the first build
"""

from __future__ import annotations


class Trouble(Exception):
    """An error with a way out. `str()` gives both, for a terminal or a log."""

    exit_code = 1

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.way_out = way_out

    def __str__(self) -> str:
        return f"{self.what}\n{self.way_out}" if self.way_out else self.what


class WrongUse(Trouble):
    """A wrong argument, path or setting: nothing was done."""

    exit_code = 2


class NothingThere(WrongUse):
    """A path or pattern that stands for no file; for the inputs of a run that is no error."""


class LockHeld(Trouble):
    """Another process writes to the same home."""

    exit_code = 3


class DiskFull(Trouble):
    """No room is left on the disk that a home lies on; the run that noticed it has stopped."""


class Damaged(Trouble):
    """A database file of a home is not whole; `said` is why, in the words of who read it."""

    def __init__(self, path: object, said: str, way_out: str = "") -> None:
        super().__init__(f"{path} cannot be read: {said}", way_out)
        self.said = said


class CheckFailed(Trouble):
    """A check of the built data failed: the build was rolled back, nothing was published."""

    exit_code = 5


class ModelFailed(Trouble):
    """A model cannot be computed; `behind` are the records without which it can, in words."""

    def __init__(self, model: str, error: object, behind: tuple[str, ...] = ()) -> None:
        lines = [f"The model {model} cannot be computed: {error}"]
        lines += ["Without these records it can:"] if behind else []
        lines += [f"  {one}" for one in behind]
        way_out = (
            "Nothing was published. Withdraw or correct the records, and tell us: no record should"
            " do this."
        )
        super().__init__("\n".join(lines), way_out if behind else "Nothing was published.")
        self.model, self.error = model, error


class NotBuilt(WrongUse):
    """A reader asks for figures and no build has been published yet."""
