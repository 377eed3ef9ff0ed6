"""Files from an object store: a server that speaks S3's protocol on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from tests.ingest.sources.conftest import Fetch

LOGIN = "hunter2hunter2hunter2"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`put(key, text)` into an empty bucket; the environment leads to it."""
    own = {
        "AWS_ACCESS_KEY_ID": "AKIDESK", "AWS_SECRET_ACCESS_KEY": LOGIN, "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true",
    }  # fmt: skip
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="desk")
    for held in client.list_objects_v2(Bucket="desk").get("Contents", []):
        client.delete_object(Bucket="desk", Key=held["Key"])

    def put(key: str, text: str) -> None:
        client.put_object(Bucket="desk", Key=key, Body=text.encode())

    return put


def test_a_pattern_is_its_objects_sorted_each_a_batch_of_its_own(
    bucket: Callable[[str, str], None], fetch: Fetch, header: str, bar: Callable[..., str],
    con: duckdb.DuckDBPyConnection,
) -> None:  # fmt: skip
    for key, day in (("in/b.csv", 9), ("in/a.csv", 8), ("in/old/c.csv", 10), ("in/d.txt", 11)):
        bucket(key, header + bar(day))

    report = fetch("s3://desk/in/*.csv")

    assert [file.origin for file in report.files] == ["s3://desk/in/a.csv", "s3://desk/in/b.csv"]
    assert [file.status for file in report.files] == ["accepted", "accepted"]
    assert con.execute("select day(traded_on) from raw_prices order by 1").fetchall() == [
        (8,),
        (9,),
    ]


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("s3://desk/in/", ["a.csv", "c.csv"]),
        ("s3://desk/**/*.csv", ["a.csv", "c.csv"]),
        ("s3://desk/in/old/c.csv", ["c.csv"]),
        ("s3://desk/in/[a-b].csv", ["a.csv"]),
    ],
)
def test_a_folder_a_deep_pattern_and_a_name(
    bucket: Callable[[str, str], None], fetch: Fetch, header: str, bar: Callable[..., str],
    stated: str, names: list[str],
) -> None:  # fmt: skip
    bucket("in/a.csv", header + bar(8))
    bucket("in/old/c.csv", header + bar(9))

    report = fetch(stated)

    assert [file.path.name for file in report.files] == names
    assert not report.refused_any


def test_an_unchanged_object_is_not_fetched_again_and_a_changed_one_is(
    bucket: Callable[[str, str], None], fetch: Fetch, prices: str, bar: Callable[..., str]
) -> None:
    bucket("nvda.csv", prices)
    fetch("s3://desk/nvda.csv")
    again = fetch("s3://desk/nvda.csv").files[0]
    bucket("nvda.csv", prices + bar(11))

    changed = fetch("s3://desk/nvda.csv")

    assert (again.status, again.rows_duplicate) == ("unchanged", 3)
    assert (changed.rows_accepted, changed.rows_duplicate) == (1, 3)


def test_an_object_that_is_not_there_is_refused_and_the_rest_goes_on(
    bucket: Callable[[str, str], None], fetch: Fetch, prices: str
) -> None:
    bucket("nvda.csv", prices)

    report = fetch("s3://desk/none.csv", "s3://no-such-bucket/in/*.csv", "s3://desk/nvda.csv")

    assert [file.status for file in report.files] == ["refused", "refused", "accepted"]
    assert "There is no object s3://desk/none.csv" in report.files[0].reason
    assert LOGIN not in repr(report)


def test_a_pattern_that_matches_nothing_is_wrong_use(
    bucket: Callable[[str, str], None], fetch: Fetch
) -> None:
    with pytest.raises(WrongUse, match="No object matches"):
        fetch("s3://desk/none*.csv")


@pytest.mark.parametrize("stated", ["s3://", "s3://desk", "s3://desk/", "s3:/desk/a.csv"])
def test_an_address_without_bucket_or_name_is_wrong_use(fetch: Fetch, stated: str) -> None:
    with pytest.raises(WrongUse, match="no address of objects"):
        fetch(stated)


def test_an_unencrypted_store_is_asked_only_where_the_environment_says_so(
    bucket: Callable[[str, str], None], fetch: Fetch, prices: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket("nvda.csv", prices)
    monkeypatch.delenv("AWS_ALLOW_HTTP")

    assert fetch("s3://desk/nvda.csv").files[0].status == "refused"
