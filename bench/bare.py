"""The application, and beside it the least that a server can do with a body: write it to a file.

Served by `gunicorn bench.bare:app`, so that both are measured in the same server.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from takeover.media.uploads import hooks
from wsgi import app

BLOCK = 64 * 1024

_takeover = app.wsgi_app


def _with_bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] != "/bare":
        return _takeover(environ, start_response)
    first = environ["HTTP_UPLOAD_OFFSET"] == "0"
    with open(os.environ["BENCH_BARE_FILE"], "wb" if first else "ab", buffering=0) as file:
        while block := environ["wsgi.input"].read(BLOCK):
            file.write(block)
    start_response("204 No Content", [])
    return []


def _nothing(*_facts: object, **_more: object) -> None:
    pass


app.wsgi_app = _with_bare  # type: ignore[method-assign]
# Neither a week is asked for, nor is what has come prepared: only its coming is measured.
hooks.init_app(app, welcome=_nothing, expected=_nothing, arrived=_nothing, stopped=_nothing)
