"""How Instagram fetches files it was given the address of: plainly, once, without redirects."""

from urllib.parse import urlsplit

import requests

from takeover.instagram.rehearsal.graph_errors import GraphError, wrong

PATIENCE = (5, 20)  # seconds to connect, and between two pieces
_PIECE = 256 * 1024
_LARGEST = 310_000_000  # bytes; the rules on photos and clips say less
PHOTO = frozenset({"image/jpeg"})
VIDEO = frozenset({"video/mp4", "video/quicktime"})


def fetch(url: str, *, types: frozenset[str]) -> bytes:
    """The bytes behind an address; raises GraphError."""
    if not url.isascii() or urlsplit(url).scheme not in ("http", "https"):
        raise wrong("The media URI must be an ASCII http(s) address.")
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, timeout=PATIENCE, allow_redirects=False, stream=True) as answer:
                return _read(answer, types)
    except requests.Timeout:
        raise GraphError("The download timed out.", -2, 2207003) from None
    except (requests.RequestException, ValueError):
        raise _cannot("the connection failed") from None


def _read(answer: requests.Response, types: frozenset[str]) -> bytes:
    if answer.status_code != requests.codes.ok:
        raise _cannot(f"it answered {answer.status_code}")
    type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if type not in types:
        raise _cannot(f"it is {type or 'nothing named'}")
    data = bytearray()
    for piece in answer.iter_content(_PIECE):
        data += piece
        if len(data) > _LARGEST:
            raise _cannot("it is too large")
    said = answer.headers.get("Content-Length")
    if said is not None and said != str(len(data)):
        raise _cannot("it was cut off")
    return bytes(data)


def _cannot(why: str) -> GraphError:
    return GraphError(
        "Only photo or video can be accepted as media type.",
        9004,
        2207052,
        said=f"The media could not be fetched from this URI: {why}.",
    )
