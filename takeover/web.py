"""What every page shares: one template as a page or a fragment, safe ways back, headers."""

from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from flask_wtf import CSRFProtect
from jinja2_fragments.flask import render_block
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from config import Settings
from takeover.plain import breakable, one_line

csrf = CSRFProtect()

# Everything a page needs comes from us; nothing runs that is not in a file of ours.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), interest-cohort=()",
}


class RowId(IntegerConverter):
    """A row's number in an address. One that no database can hold is an address of nothing."""

    def __init__(self, map: Map, **options: Any) -> None:  # Werkzeug names it
        super().__init__(map, **{"max": 2**31 - 1} | options)


class Name(UnicodeConverter):
    """A name in an address; PostgreSQL refuses to look for one with a null in it."""

    def __init__(self, map: Map, **options: Any) -> None:  # Werkzeug names it
        super().__init__(map, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = RowId
    app.url_map.converters["default"] = app.url_map.converters["string"] = Name
    app.jinja_env.filters["breakable"] = breakable
    app.jinja_env.filters["one_line"] = one_line
    csrf.init_app(app)
    hops = settings_of(app).trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.after_request(_add_headers)


def settings_of(app: Flask) -> Settings:
    return cast(Settings, app.extensions["settings"])


def settings() -> Settings:
    """The settings of the running application."""
    return settings_of(current_app)


def public_address(path: str) -> str:
    """The whole address of one of our paths, for a message."""
    return settings().public_url + path


def page(template: str, *, block: str = "main", status: int = 200, **facts: Any) -> Response:
    """The whole page, or just its block where htmx asked for that."""
    if request.headers.get("HX-Request") == "true":
        body = render_block(template, block, **facts) + render_template("messages.html")
    else:
        body = render_template(template, **facts)
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def see_other(where: str) -> Response:
    """After a form: look there, with GET."""
    return cast(Response, redirect(where, 303))


def own_path(target: str | None, *, otherwise: str) -> str:
    """The path to go on to, if it is one of ours; an address elsewhere is never followed."""
    if not target:
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    is_own = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_own and not parts.scheme and not parts.netloc else otherwise


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings().https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
