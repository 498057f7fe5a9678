"""Where documents are kept while many write them: memory, moto, and a real server over HTTP.

Neither memory nor moto in this process is made for threads: between the check of a condition and the write, another
thread may come in. DynamoDB's calls are atomic one by one, and that is what a lock around each
single call restores: calls of different workers still interleave in any order. MiniStack needs no lock; it serves one
request at a time.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto import mock_aws

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.item_keys import Tables
from nudgekit.adapters.memory import MemoryStore
from nudgekit.cli.local import ministack
from nudgekit.cli.local.credentials import ACCESS_KEY, REGION, SECRET_KEY
from nudgekit.cli.local.processes import end
from nudgekit.runs.documents import Count, Kind, Write
from nudgekit.runs.ports import Page, Store
from tests.functional.deployment import ROOT
from tests.template.checks import load, of_type

TABLES = Tables("ProfilesTable", "EngagementTable", "CatalogueTable")
MakeStore = Callable[[], Store]
"""A store with a client of its own, for one worker."""


class LockedStore(MemoryStore):
    """Memory whose every call is atomic."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def read(self, refs: Any) -> Any:
        wanted = tuple(refs)
        with self.lock:
            return super().read(wanted)

    def commit(self, puts: Sequence[Write]) -> None:
        with self.lock:
            super().commit(puts)

    def page(self, kind: Kind, part: str, after: str, limit: int) -> Page:
        with self.lock:
            return super().page(kind, part, after, limit)


class CarelessStore(LockedStore):
    """The planted defect: a store that does not look at versions. The last writer wins."""

    def commit(self, puts: Sequence[Write]) -> None:
        with self.lock:
            known = [
                put if isinstance(put, Count) else put._replace(expect=self.rows.get(put.ref, (b"", 0))[1])
                for put in puts
            ]
            MemoryStore.commit(self, known)


class LockedClient:
    """A client whose every call is atomic."""

    def __init__(self, client: Any, lock: threading.Lock) -> None:
        self._client, self._lock = client, lock

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**given: Any) -> Any:
            with self._lock:
                return method(**given)

        return call


def create_tables(client: Any) -> None:
    """The tables of template.yaml."""
    for name, table in of_type(load(ROOT / "template.yaml"), "AWS::DynamoDB::Table").items():
        wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        client.create_table(TableName=name, **{key: table[key] for key in wanted if key in table})


@contextmanager
def memory(store: type[LockedStore] = LockedStore) -> Iterator[MakeStore]:
    """One store in memory for everybody."""
    shared = store()
    yield lambda: shared


@contextmanager
def moto() -> Iterator[MakeStore]:
    """moto in this process, a client a worker."""
    with mock_aws():
        create_tables(boto3.client("dynamodb", region_name=REGION))
        lock = threading.Lock()

        def make() -> Store:
            client: Any = boto3.Session().client("dynamodb", region_name=REGION)
            return DynamoStore(LockedClient(client, lock), TABLES, Clock())  # type: ignore[arg-type]

        yield make


def client_at(address: str) -> Any:
    """A client of the server at `address`."""
    return boto3.Session().client(
        "dynamodb",
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"max_attempts": 3, "mode": "standard"}, read_timeout=60),
    )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """MiniStack in a process group of its own, its files in `folder`; its address."""
    for shared in (".tools", "requirements"):
        (folder / shared).symlink_to(ROOT / shared)
    (folder / ".nudgekit").mkdir()
    (ROOT / ".tools").mkdir(exist_ok=True)
    server, address = ministack.launch(folder, "http://127.0.0.1:9")
    try:
        yield address
    finally:
        end(server)


@contextmanager
def server(address: str) -> Iterator[MakeStore]:
    """The server's tables, empty, a client a worker."""
    client = client_at(address)
    create_tables(client)
    try:
        yield lambda: DynamoStore(client_at(address), TABLES, Clock())
    finally:
        for name in TABLES:
            client.delete_table(TableName=name)
