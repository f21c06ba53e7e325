"""What werkzeug's server needs to be told to stand in for Meta's."""

from typing import Any

from werkzeug.serving import WSGIRequestHandler


class Handler(WSGIRequestHandler):
    """Keeps headers whose names have an underscore (`file_size`), and keeps quiet."""

    def make_environ(self) -> dict[str, Any]:
        environ = super().make_environ()
        for name, value in self.headers.items():
            if "_" in name:
                environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the rehearsal has a log of its own."""
