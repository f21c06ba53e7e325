"""Files in an S3 bucket. This is the only file that knows obstore; it is loaded when asked for."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from config import is_private
from takeover.clock import now
from takeover.media.storing.keys import BLOCK, NotStored, Stored, checked, is_key, key_of

PART = 8 * 1024 * 1024  # bytes; what is larger goes out in parts of that size, a few at a time
PARTS_AT_ONCE = 3

# Somebody may be erasing what another takes for being here already: what has been here for longer
# is sent once more, which makes it new.
NEW = timedelta(minutes=30)


class Unreachable(OSError):
    """The bucket does not answer, or not to us."""


@dataclass(frozen=True)
class Bucket:
    """An object is there once its last byte has come, or not at all: S3 sees to that."""

    _objects: S3Store
    _spool: Path | None  # where copies lie while somebody reads them

    def put(self, data: bytes, *, suffix: str) -> str:
        key = key_of(sha256(data).hexdigest(), suffix)
        if not self._has(key, len(data)):
            self._send(key, data)
        return key

    def take(self, path: Path, *, digest: str, suffix: str) -> str:
        key = key_of(digest, suffix)
        if not self._has(key, path.stat().st_size):
            self._send(key, path)
        path.unlink()
        return key

    def get(self, key: str) -> bytes:
        with _our_errors(checked(key)):
            return obstore.get(self._objects, key).bytes().to_bytes()

    def open(self, key: str) -> BinaryIO:
        """A copy of its own, that nobody can find and that is gone when it is closed."""
        if self._spool:
            self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = cast(BinaryIO, tempfile.TemporaryFile(dir=self._spool))  # noqa: SIM115  # the caller's
        try:
            with _our_errors(checked(key)):
                found = obstore.get(self._objects, key)
                for block in found.stream(min_chunk_size=BLOCK):
                    file.write(block)
                if file.tell() != found.meta["size"]:
                    raise Unreachable(f"{key} came in part")
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        if start >= end:
            return iter(())
        with _our_errors(checked(key)):
            found = obstore.get(self._objects, key, options={"range": (start, end)})
        return _blocks(key, found)

    def exists(self, key: str) -> bool:
        try:
            self._head(key)
        except NotStored:
            return False
        return True

    def size(self, key: str) -> int:
        return self._head(key)["size"]

    def modified(self, key: str) -> datetime:
        return self._head(key)["last_modified"]

    def delete(self, key: str) -> None:
        try:
            with _our_errors(checked(key)):
                obstore.delete(self._objects, key)
        except NotStored:
            return

    def delete_old(self, key: str, *, before: datetime) -> bool:
        """Two requests: obstore cannot delete on a condition (0.12), nor can every bucket.

        What is sent anew between them is lost. That takes a file that nobody has named for as long
        as `before` is ago, and somebody who sends the very same bytes in that second. An upload
        looks whether its file is still there once its row is committed, and sends it again; of any
        other file `media verify` says that it is missing.
        """
        if self.modified(key) >= before:
            return False
        self.delete(key)
        return True

    def contents(self) -> Iterator[Stored]:
        with _our_errors(""):
            for found in obstore.list(self._objects, chunk_size=1000):
                for one in found:
                    if is_key(one["path"]):
                        yield Stored(one["path"], one["size"], one["last_modified"])

    def clear_unfinished(self, *, before: datetime) -> None:
        """The bucket's own rules end uploads that were broken off; see docs/operators.md."""

    def _head(self, key: str) -> "obstore.ObjectMeta":
        with _our_errors(checked(key)):
            return obstore.head(self._objects, key)

    def _has(self, key: str, size: int) -> bool:
        try:
            found = self._head(key)
        except NotStored:
            return False
        return found["size"] == size and found["last_modified"] > now() - NEW

    def _send(self, key: str, what: bytes | Path) -> None:
        try:
            with _our_errors(key):
                obstore.put(
                    self._objects, key, what, chunk_size=PART, max_concurrency=PARTS_AT_ONCE
                )
        except NotStored as error:
            raise Unreachable(f"{key}: there is no such bucket") from error


@cache
def open_bucket(url: str, spool: Path | None = None) -> Bucket:
    """`s3://bucket/prefix?region=…&endpoint=…`; who we are is read from the environment.

    ValueError for what cannot be used. Once per process, so that connections are kept.
    """
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    if not parts.hostname or set(given) - {"region", "endpoint"}:
        raise ValueError("a bucket is s3://bucket/prefix?region=…&endpoint=…")
    return Bucket(_objects(parts, given, os.environ), spool)


def _objects(parts: SplitResult, given: dict[str, str], environ: Mapping[str, str]) -> S3Store:
    endpoint = given.get("endpoint") or environ.get("AWS_ENDPOINT_URL", "")
    config = {
        "bucket": parts.netloc,
        "region": given.get("region") or environ.get("AWS_REGION") or "us-east-1",
        "access_key_id": _needed(environ, "AWS_ACCESS_KEY_ID"),
        "secret_access_key": _needed(environ, "AWS_SECRET_ACCESS_KEY"),
        "virtual_hosted_style_request": "false" if endpoint else "true",
    }
    if endpoint:
        config["endpoint"] = _safe(endpoint)
    if "AWS_SESSION_TOKEN" in environ:
        config["session_token"] = environ["AWS_SESSION_TOKEN"]
    return S3Store(
        prefix=unquote(parts.path).strip("/") or None,
        config=cast(Any, config),
        # A worker waits through a short failure; a page says before long that something broke.
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(minutes=10),
        },
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=20)},
    )


def _needed(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise ValueError(f"MEDIA_URL is a bucket: {name} must be in the environment")
    return environ[name]


def _safe(endpoint: str) -> str:
    if is_private(endpoint):
        return endpoint.rstrip("/")
    raise ValueError("the endpoint of a bucket must be https://…, or http:// on this very machine")


def _blocks(key: str, found: "obstore.GetResult") -> Iterator[bytes]:
    with _our_errors(key):
        for block in found.stream(min_chunk_size=BLOCK):
            yield bytes(block)


@contextmanager
def _our_errors(key: str) -> Iterator[None]:
    """Raises NotStored and Unreachable in place of obstore's; theirs name hosts and requests."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotStored(key) from error
    except BaseError as error:
        wanted = key or "the list of all"
        raise Unreachable(f"{wanted}: {type(error).__name__} from the bucket") from error
