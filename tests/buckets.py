"""A server on this machine that speaks S3, and buckets on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

# Nobody's: the server lets in whoever comes.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}


@contextmanager
def running() -> Iterator[str]:
    """Its address, without a bucket yet."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with patch.dict(os.environ, CREDENTIALS):
            yield f"http://{host}:{port}"
    finally:
        server.stop()


def make_bucket(server: str, name: str) -> str:
    """The MEDIA_URL of a new bucket, some folders deep in it."""
    urlopen(Request(f"{server}/{name}", method="PUT"), timeout=10).close()
    return f"s3://{name}/some/where?region=us-east-1&endpoint={server}"
