"""Refusals by their names: as another process raised them, or as a row of long ago keeps them."""

import json
from collections.abc import Iterator
from typing import Any

from takeover.media.refusals import Refused
from takeover.media.videos import refusals as _of_videos  # noqa: F401  # looked for below


def named(name: str, facts: dict[str, Any]) -> Refused:
    """The refusal of that class. Raises LookupError for no such class, and TypeError, ValueError
    or ArithmeticError for facts that make no sentence, or that no row can keep."""
    kinds: list[type[Refused]] = [Refused, *_below(Refused)]
    for kind in kinds:
        if kind.__name__ == name:
            refusal = kind(**facts)
            json.dumps(facts, allow_nan=False)
            if b"\0" in str(refusal).encode():
                raise ValueError(name)
            return refusal
    raise LookupError(name)


def sentence_of(name: str, facts: dict[str, Any]) -> str:
    """In the reader's language. What another version of ours refused, and this one does not know,
    is refused all the same."""
    try:
        return str(named(name, facts))
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return str(Refused())


def _below(kind: type[Refused]) -> Iterator[type[Refused]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
