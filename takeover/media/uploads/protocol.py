"""What the tus protocol, version 1.0.0, says in headers (https://tus.io/protocols/resumable-upload).

The sentences here are for those who write clients; nobody sees them on a page.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
CHECKSUMS = ("sha1", "sha256", "md5")
CONTENT_TYPE = "application/offset+octet-stream"

# A gigabyte, and the few that say they have one. What is too heavy for its kind is told later,
# when it is known what it is.
MOST_BYTES = 1_100_000_000

_NUMBER = re.compile(r"[0-9]{1,18}")
_MISMATCH = 460  # the protocol's own


class Problem(Exception):
    """A request that is answered with `status` and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence)
        self.status, self.sentence = status, sentence


class Mismatch(Problem):
    """The bytes that came are not those that were sent."""

    def __init__(self) -> None:
        super().__init__(_MISMATCH, "The bytes do not have that checksum.")


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str  # one of CHECKSUMS
    digest: bytes


def number(headers: Headers, name: str) -> int:
    """A header that must be a whole number. Raises Problem."""
    value = headers.get(name, "")
    if not _NUMBER.fullmatch(value):
        raise Problem(400, f"{name} must be a whole number of bytes.")
    return int(value)


def checksum(headers: Headers) -> Checksum | None:
    """What Upload-Checksum promises of the body. Raises Problem."""
    value = headers.get("Upload-Checksum")
    if value is None:
        return None
    algorithm, _, encoded = value.partition(" ")
    if algorithm not in CHECKSUMS:
        raise Problem(400, f"Upload-Checksum may be {', '.join(CHECKSUMS)}.")
    try:
        return Checksum(algorithm, b64decode(encoded, validate=True))
    except ValueError as error:
        raise Problem(400, "Upload-Checksum must be in base64.") from error


def metadata(headers: Headers) -> dict[str, str]:
    """What Upload-Metadata tells of the file, as text. Raises Problem."""
    told: dict[str, str] = {}
    for pair in filter(None, map(str.strip, headers.get("Upload-Metadata", "").split(","))):
        key, _, encoded = pair.partition(" ")
        if key in told or not key.isascii():
            raise Problem(400, "Each key of Upload-Metadata must be ASCII, and there once.")
        try:
            value = b64decode(encoded, validate=True).decode(errors="replace")
        except ValueError as error:
            raise Problem(400, "The values of Upload-Metadata must be in base64.") from error
        told[key] = value.replace("\0", "")  # which no database keeps
    return told


def is_foreign(origin: str | None, *, ours: set[str]) -> bool:
    """Whether a page of somebody else's sent it; `ours` are addresses that we are known by."""
    return origin is not None and origin not in {
        f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, ours)
    }
