"""The boxes of ISO base media files (ISO 14496-12): HEIC, AVIF and videos are made of them."""

from collections.abc import Iterator

# Of a file's outermost level. Behind the last one some makers put things of their own.
_OUTERMOST = {b"ftyp", b"meta", b"mdat", b"free", b"skip", b"uuid", b"moov", b"mpvd"}


def boxes(data: bytes, start: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box in `data` from `start` on; the last may be cut off."""
    at = start
    while at + 8 <= len(data):
        size, head = _size(data, at)
        yield data[at + 4 : at + 8], data[at + head : at + size]
        at += size


def is_cut_off(data: bytes) -> bool:
    """Whether a box of the outermost level ends behind the file.

    Decoders draw the tiles that came and leave the others empty, without a word.
    """
    at = 0
    while data[at + 4 : at + 8] in _OUTERMOST:
        at += _size(data, at)[0]
    return at > len(data)


def _size(data: bytes, at: int) -> tuple[int, int]:
    """Of the box at `at`, and of its head, in bytes."""
    size = int.from_bytes(data[at : at + 4], "big")
    if size == 1:
        return max(int.from_bytes(data[at + 8 : at + 16], "big"), 16), 16
    if size == 0:  # as far as the file goes
        return max(len(data) - at, 8), 8
    return max(size, 8), 8
