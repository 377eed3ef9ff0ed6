"""Settings: `chipbrief.toml`, then `CHIPBRIEF_*` environment variables, which win.

Nested settings are written with two underscores: `CHIPBRIEF_SMTP__PASSWORD`. Passwords are
held as secrets that do not print. Every command starts here, so the reader of the environment is
loaded only where it holds a setting, and a table's rules are compiled when it is first filled.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from flows import assets
from warehouse import limits
from warehouse.errors import WrongUse
from warehouse.home import Home

Language = Literal["en", "zh"]
PeriodKind = Literal["daily", "weekly", "monthly", "quarterly"]
Engine = Literal["duckdb", "spark"]


def _one_line(given: str) -> str:
    if not given.isprintable():
        raise ValueError("must be one line without control characters")
    return given


#: Text that stands in a mail header: it can break no line.
Line = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_one_line)]

#: The settings file that is read where none is named.
FILE = "chipbrief.toml"
#: What the name of every setting in the environment begins with.
PREFIX = "CHIPBRIEF_"
_TABLE = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Audience(BaseModel):
    """Readers who get the same briefing: in which language, how often, at which addresses."""

    model_config = _TABLE

    name: Line
    language: Language = "en"
    periods: list[PeriodKind] = ["weekly"]
    recipients: list[str] = []

    @field_validator("recipients")
    @classmethod
    def _addresses(cls, given: list[str]) -> list[str]:
        for address in given:
            local, at, domain = address.rpartition("@")
            if not (at and local and domain) or any(c.isspace() or c in ",;<>" for c in address):
                raise ValueError(f"not a mail address: {address!r}")
        return given


class Smtp(BaseModel):
    """The server that takes the mail."""

    model_config = _TABLE

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    password_secret: str | None = Field(
        default=None, description="Name of a Prefect Secret block that holds the password."
    )
    timeout_seconds: float = Field(default=30, gt=0, le=600)


class Http(BaseModel):
    """What may be fetched over HTTP, and how much patience there is with a server."""

    model_config = _TABLE

    allow_redirects: bool = Field(default=False, description="Go where a server sends on to.")
    allow_private: bool = Field(default=False, description="Fetch from loopback and own networks.")
    timeout_seconds: float = Field(
        default=30, gt=0, le=600, description="To connect, and between two pieces of an answer."
    )
    whole_seconds: float = Field(
        default=900, gt=0, le=86_400, description="For one file, all tries together."
    )
    max_bytes: int = Field(default=2_000_000_000, ge=1, description="Of one file, unpacked.")
    retries: int = Field(default=3, ge=0, le=10, description="After errors that may pass.")


class Query(BaseModel):
    """A query whose rows are read as a file: `query:NAME` names it among the inputs."""

    model_config = _TABLE

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    sql: str = Field(min_length=1)
    kind: str | None = Field(default=None, description="What the rows are: prices, sales, …")
    connection: SecretStr | None = None
    connection_env: str | None = Field(
        default=None, description="Environment variable that holds the connection string."
    )
    connection_secret: str | None = Field(
        default=None, description="Name of a Prefect Secret block that holds it."
    )
    timeout_seconds: float = Field(default=300, gt=0, le=86_400)


class Live(BaseModel):
    """Prices fetched from a provider's own service through its Python package."""

    model_config = _TABLE

    enabled: bool = False
    first_day: dt.date = dt.date(2024, 1, 1)


class Spark(BaseModel):
    """Where the engine spark computes; only a build with that engine looks at it."""

    model_config = _TABLE

    master: str = Field(
        default="local[*]",
        pattern=r"^(local(\[|-cluster\[|$)|spark://|sc://|yarn|k8s://)",
        description="local[2], local-cluster[2,1,1024], spark://…, yarn, k8s://…, sc://….",
    )
    conf: dict[str, str] = Field(default={}, description="Spark's own settings, by their names.")
    from_rows: int = Field(
        default=0, ge=0, description="Models whose inputs have fewer rows in all are DuckDB's."
    )


class Input(BaseModel):
    """What each run reads; where it stands for no file the run goes on, unless it is required."""

    model_config = _TABLE

    path: str = Field(min_length=1)
    required: bool = False


class Settings(BaseModel):
    """All that a user may set. `chipbrief.example.toml` shows each with an explanation."""

    model_config = _TABLE

    home: Path | None = Field(default=None, description="Where runs write.")
    inputs: list[str | Input] = Field(
        default=[],
        description="Files, folders, globs and addresses read by `run`, or tables"
        " { path, required } of them.",
    )
    use_seeds: bool = Field(default=True, description="Read the bundled records too.")
    languages: list[Language] = ["en", "zh"]
    title: Line = "chipbrief"
    sender: str = Field(default="chipbrief@localhost", description="The From of every mail.")
    audiences: list[Audience] = []
    smtp: Smtp | None = None
    http: Http = Field(default_factory=Http)
    queries: list[Query] = []
    live: Live = Field(default_factory=Live)
    unknown_references: Literal["warn", "quarantine"] = Field(
        default="warn",
        description="What becomes of rows that name a vendor, chip or source not on record.",
    )
    lock_wait_seconds: float = Field(
        default=0, ge=0, le=86_400, description="Wait for another run."
    )
    threads: int | None = Field(
        default=None, ge=1, le=256, description="DuckDB's threads; all cores."
    )
    memory_limit: str | None = Field(
        default=None,
        pattern=r"^([1-9]\d*(\.\d+)? ?([MGT]i?B)|[1-9]\d?%)$",
        description="DuckDB's memory, such as 8GB or 50%; beyond it queries spill to disk.",
    )

    engine: Engine = Field(default="duckdb", description="What computes the models.")
    spark: Spark = Field(default_factory=Spark)

    @field_validator("home")
    @classmethod
    def _a_folder(cls, given: Path | None) -> Path | None:
        """A home may be made anew, and not where a file stands in its way."""
        if given is not None:
            path = given.expanduser().absolute()
            there = next((p for p in (path, *path.parents) if os.path.lexists(p)), path)
            if there.exists() and not there.is_dir():
                raise ValueError(f"{there} is no folder (--home names another)")
        return given

    @field_validator("languages")
    @classmethod
    def _some_language(cls, given: list[Language]) -> list[Language]:
        if not given:
            raise ValueError("name at least one language: en, zh")
        return list(dict.fromkeys(given))

    @field_validator("queries")
    @classmethod
    def _told_apart(cls, given: list[Query]) -> list[Query]:
        names = [query.name for query in given]
        if len(set(names)) < len(names):
            raise ValueError("two queries have the same name")
        return given

    @field_validator("sender")
    @classmethod
    def _an_address(cls, given: str) -> str:
        if given.count("@") != 1 or any(c in given for c in ",;") or not given.isprintable():
            raise ValueError("not one mail address")
        return given

    @property
    def store(self) -> Home:
        """The folders that this installation writes to."""
        return Home((self.home or default_home()).expanduser().resolve())

    @property
    def period_kinds(self) -> list[PeriodKind]:
        """The periods that some audience reads; weekly where there is no audience."""
        wanted = {period for audience in self.audiences for period in audience.periods}
        order: tuple[PeriodKind, ...] = ("daily", "weekly", "monthly", "quarterly")
        return [p for p in order if p in wanted] or ["weekly"]

    @property
    def written_languages(self) -> list[Language]:
        """The languages that editions are written in: those set, and those of the audiences."""
        return list(dict.fromkeys([*self.languages, *(a.language for a in self.audiences)]))


def default_home() -> Path:
    """`warehouse/data` in a checkout, the user's data folder where chipbrief is installed."""
    root = assets.checkout()
    if root is not None:
        return root / "warehouse" / "data"
    from platformdirs import user_data_path

    return user_data_path("chipbrief", appauthor=False)


def load(file: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings. Raises WrongUse, naming each setting that is wrong and why."""
    if file is not None:
        if not file.is_file():
            raise WrongUse(f"There is no settings file {file}.", "Copy chipbrief.example.toml.")
        os.environ["CHIPBRIEF_CONFIG"] = str(file)
    try:
        read = _merged(_from_file(), _from_environment())
        settings = Settings(**read | {k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        wrong = "\n".join(
            f"  {'.'.join(str(part) for part in e['loc']) or 'settings'}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        )
        raise WrongUse(
            f"The settings are wrong:\n{wrong}",
            f"Mend {_file_in_use() or FILE} or the CHIPBRIEF_* environment.",
        ) from None
    except ValueError as error:
        raise WrongUse(f"{_file_in_use()} cannot be read: {error}", "It must be TOML.") from None
    limits.hold(settings.memory_limit, settings.threads)
    return settings


def _from_file() -> dict[str, Any]:
    file = _file_in_use()
    if file is None or not file.is_file():
        return {}
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _from_environment() -> dict[str, Any]:
    """What the environment sets; a list or a whole table is written as JSON."""
    fields = tuple(f"{PREFIX}{name}".upper() for name in Settings.model_fields)
    if not any(name.upper().startswith(fields) for name in os.environ):
        return {}
    from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsError

    class Environment(Settings, BaseSettings):  # type: ignore[misc]
        """The same settings as the library's source of them wants to see them."""

    source = EnvSettingsSource(
        Environment, env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )
    try:
        return source()
    except SettingsError as error:
        raise WrongUse(
            f"The {PREFIX}* environment cannot be read: {error}.",
            f"""Write lists and tables as JSON: {PREFIX}LANGUAGES='["zh"]'.""",
        ) from None


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both, table by table; where both have a setting it is that of `above`."""
    merged = below | above
    for name in below.keys() & above.keys():
        if isinstance(below[name], dict) and isinstance(above[name], dict):
            merged[name] = _merged(below[name], above[name])
    return merged


def _file_in_use() -> Path | None:
    stated = os.environ.get("CHIPBRIEF_CONFIG")
    if stated:
        return Path(stated)
    here = Path(FILE)
    return here if here.is_file() else None
