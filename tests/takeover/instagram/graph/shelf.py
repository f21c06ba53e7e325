"""Where the stand-in fetches a post's files: a tiny web server, as `PUBLIC_URL` is."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from takeover.instagram.publisher import Outgoing, Photo


class Shelf:
    """A Hosting that remembers what it was asked to serve."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, tuple[bytes, str]] = {}
        self.fetched: list[str] = []

    def address(self, outgoing: Outgoing, position: int, *, cover: bool = False) -> str:
        item = outgoing.items[position]
        name = f"/{outgoing.post_id}-{position}"
        if isinstance(item, Photo):
            name, file = f"{name}.jpg", (item.jpeg, "image/jpeg")
        elif cover:
            name, file = f"{name}-cover.jpg", (item.cover, "image/jpeg")
        else:
            item.mp4.seek(0)
            name, file = f"{name}.mp4", (item.mp4.read(), "video/mp4")
        self.files[name] = file
        return self.url + name


@contextmanager
def a_shelf() -> Iterator[Shelf]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shelf.fetched.append(self.path)
            data, kind = shelf.files.get(self.path, (b"", ""))
            self.send_response(200 if data else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shelf = Shelf(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
