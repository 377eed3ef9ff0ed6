"""Makes the models of a small store several at a time, in memory beside the warehouse.

Over few records a model's time is its planning, which one core does alone, so models that do not
read each other are made side by side, each by a connection of its own. Connections see what others
committed and no more: hence a catalog in memory, from which one transaction takes what was made.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from flows.build import superseded
from flows.build.make import Made, Progress, made_of, make_model, prints_of_parts
from warehouse import clock
from warehouse.errors import ModelFailed
from warehouse.store import another

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from flows.build.check import Finding
    from flows.build.code import Code
    from flows.build.current import Records
    from flows.build.make import Standing
    from flows.build.model import Model

#: A model that was made, and what is wrong with it.
_Found: TypeAlias = "tuple[Made, list[Finding]]"

_CATALOG = "abreast"
#: More connections than these would wait for each other's models.
_MOST = 4


def suits(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the store is small: of no kind are the superseded versions kept."""
    rows = con.execute("select coalesce(sum(rows_accepted), 0) from ledger_batches").fetchall()
    return bool(rows[0][0] < superseded.KEPT_FROM)


@contextmanager
def connections(
    con: duckdb.DuckDBPyConnection, catalog: str = ""
) -> Iterator[list[duckdb.DuckDBPyConnection]]:
    """Connections to a catalog in memory, as many as DuckDB may use threads; each then uses one.

    The catalog is a new one that is dropped at the end, where none is named.
    """
    (threads,) = con.execute("select current_setting('threads')").fetchall()[0]
    beside = [another(con) for _ in range(min(threads, _MOST))]
    try:
        con.execute("set threads = 1")
        if not catalog:
            beside[0].execute(f"attach ':memory:' as {_CATALOG}")
        for one in beside:
            one.execute(f"use {catalog or _CATALOG}")
        yield beside
    finally:
        with suppress(duckdb.Error):  # what went wrong before is what is told
            for one in beside:
                one.close()
            con.execute(f"set threads = {threads}")
            if not catalog:
                con.execute(f"detach database if exists {_CATALOG}")


def make_all(
    beside: Sequence[duckdb.DuckDBPyConnection],
    code: Code,
    records: Records,
    standing: Standing,
    source: str,
    *,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[list[Made], list[Finding]]:
    """Make each model whose SQL or inputs changed, and check it, as `make_models` does.

    `beside` are connections to the catalog that has the views of records; what stands is seen
    there through a view of the catalog `source`.
    """
    records.prints.update(prints_of_parts(beside[0], code.models.values(), records, standing))
    content = dict(records.prints)
    moment = clock.now().replace(tzinfo=None)

    def work(con: duckdb.DuckDBPyConnection, name: str) -> _Found | None:
        is_made_of = made_of(code.models[name], code.reads[name], content)
        if standing.made_of.get(name) == is_made_of:
            con.execute(f'create view "{name}" as from "{source}".main."{name}"')
            content[name] = standing.content[name]
            return None
        made, findings = _made(con, code.models[name], is_made_of, moment)
        content[name] = made.content
        return made, findings

    found: dict[str, _Found] = {}
    for done, (name, one) in enumerate(_each(beside, code, work), start=1):
        if one:
            found[name] = one
        if on_progress:
            on_progress(Progress(name, done, len(code.models)))
    made = [found[name] for name in code.order if name in found]
    return [one for one, _ in made], [finding for _, wrong in made for finding in wrong]


def take(con: duckdb.DuckDBPyConnection, made: Iterable[Made], standing: Standing) -> None:
    """Take over what was made, in the caller's transaction: of tables that are others now."""
    for one in made:
        if standing.content.get(one.model) != one.content:
            table = f'"{one.model}"'
            con.execute(f"create or replace table {table} as from {_CATALOG}.main.{table}")


def _each(
    beside: Sequence[duckdb.DuckDBPyConnection],
    code: Code,
    work: Callable[[duckdb.DuckDBPyConnection, str], _Found | None],
) -> Iterator[tuple[str, _Found | None]]:
    """Do the work of each model once that of all it reads is done; yields them as they are done."""
    order = {name: place for place, name in enumerate(code.order)}
    sorter = TopologicalSorter({name: code.reads[name] & order.keys() for name in order})
    sorter.prepare()
    idle, ready = list(beside), list[str]()
    running: dict[Future[_Found | None], tuple[str, duckdb.DuckDBPyConnection]] = {}
    with ThreadPoolExecutor(len(beside), "making") as pool:
        try:
            while sorter.is_active():
                ready = sorted([*ready, *sorter.get_ready()], key=order.__getitem__)
                while ready and idle:
                    name, con = ready.pop(0), idle.pop()
                    running[pool.submit(work, con, name)] = name, con
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name, con = running.pop(future)
                    yield name, future.result()
                    sorter.done(name)
                    idle.append(con)
        except BaseException:
            for con in beside:  # whoever waits for the rest waits for no long query
                con.interrupt()
            raise


def _made(
    con: duckdb.DuckDBPyConnection, model: Model, is_made_of: str, moment: dt.datetime
) -> _Found:
    began = time.monotonic()
    try:
        rows, content, findings = make_model(con, model)
    except duckdb.Error as error:
        raise ModelFailed(model.name, error) from error
    seconds = time.monotonic() - began
    return Made(model.name, is_made_of, rows, moment, seconds, content), findings
