"""A browser of sorts: it follows links and forms, and refuses pages a browser would stumble on."""

from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import turbohtml
from flask import Flask
from flask import session as cookie
from sqlalchemy.orm import Session
from turbohtml.conformance import check
from turbohtml.etree import ElementView as Element
from turbohtml.etree import document_fromstring
from werkzeug.test import TestResponse

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
UNSEEN = {"hidden", "submit", "button"}


class BrokenPage(AssertionError):
    """The HTML is wrong, or a field has no label."""


class Page:
    """One answer, read the way a person reads it."""

    def __init__(self, browser: "Browser", response: TestResponse) -> None:
        self.browser = browser
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.html = response.get_data(as_text=True)
        self.tree = _parse(self.html) if response.mimetype == "text/html" else None
        if self.tree is not None:
            _check_labels(self.tree)

    @property
    def text(self) -> str:
        """What is written on it, in one line."""
        body = self.tree.find(".//body") if self.tree is not None else None
        return " ".join(" ".join(body.itertext()).split()) if body is not None else self.html

    def says(self, words: str) -> bool:
        return words in self.text

    @property
    def title(self) -> str:
        found = self.tree.find(".//title") if self.tree is not None else None
        return (found.text or "").strip() if found is not None else ""

    @property
    def links(self) -> dict[str, str]:
        """Where each link goes, by its words."""
        found = self.tree.iter("a") if self.tree is not None else []
        return {" ".join(" ".join(a.itertext()).split()): a.get("href", "") for a in found}

    def follow(self, words: str) -> "Page":
        for label, target in self.links.items():
            if words in label:
                return self.browser.get(target)
        raise AssertionError(f"no link says {words!r}; there are {sorted(self.links)}")

    def submit(self, button: str, **fields: object) -> "Page":
        """Press the button that says so, with the fields of its form filled in."""
        form, pressed = self._form_with(button)
        values = _values(form)
        unknown = set(fields) - _names(form)
        if unknown:
            raise AssertionError(
                f"the form has no {sorted(unknown)}; it has {sorted(_names(form))}"
            )
        values |= fields
        if pressed.get("name"):
            values[pressed.get("name", "")] = pressed.get("value", "")
        target = pressed.get("formaction") or form.get("action") or self.path
        return self.browser.post(target, **values)

    def _form_with(self, button: str) -> tuple[Element, Element]:
        said = []
        for form in self.tree.iter("form") if self.tree is not None else []:
            for one in form.iter("button"):
                words = " ".join(" ".join(one.itertext()).split())
                if button in words:
                    return form, one
                said.append(words)
        raise AssertionError(f"no button says {button!r}; there are {said}")


class Browser:
    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self._session = session
        self.client = app.test_client()

    def take_session(self) -> None:
        """Go on with what the current request context has in its session cookie."""
        with self.client.session_transaction() as mine:
            mine.update(cookie)

    def get(self, path: str, **options: Any) -> Page:
        return self._page(lambda: self.client.get(path, follow_redirects=True, **options))

    def post(self, path: str, **fields: object) -> Page:
        """Send a form as it is, with no CSRF token but what the fields hold."""
        return self._page(
            lambda: self.client.post(
                path,
                data=fields,
                content_type="multipart/form-data",
                follow_redirects=True,
            )
        )

    def fetch(self, path: str, **options: Any) -> TestResponse:
        """The bare answer: a file, a fragment, one request and no more."""
        return self._ask(lambda: self.client.open(path, **options))

    def _page(self, ask: Callable[[], TestResponse]) -> Page:
        return Page(self, self._ask(ask))

    def _ask(self, ask: Callable[[], TestResponse]) -> TestResponse:
        self._session.commit()  # the request sees what the test did, and holds no lock
        # As a server would: a request knows nothing of the test's own application context.
        response = Context().run(ask)
        self._session.expire_all()  # and the test sees what the request did
        return response


def _parse(html: str) -> Element:
    try:
        document = turbohtml.parse(html, strict=True)
    except turbohtml.HTMLParseError as error:
        raise BrokenPage(_around(html, error.error.line, error.error.code)) from error
    for found in check(document).errors:
        raise BrokenPage(_around(html, found.line, found.message))
    tree = document_fromstring(html)
    # A browser closes what was left open and moves what stands where it may not, without a word.
    for (written, line), read in zip(_as_written(html), _as_read(tree), strict=True):
        if written != read:
            raise BrokenPage(_around(html, line, f"a browser reads {read} and not {written}"))
    return tree


def _as_written(html: str) -> Iterator[tuple[str, int]]:
    """Every element with those around it, as html/body/p, and its line.

    What is in a template is no part of the tree.
    """
    opened: list[str | None] = []
    for token in turbohtml.tokenize(html):
        if token.type is turbohtml.TokenType.START_TAG:
            if "template" not in opened:
                yield "/".join(map(str, [*opened, token.tag])), token.line
            if token.tag not in VOID and not token.self_closing:
                opened.append(token.tag)
        elif token.type is turbohtml.TokenType.END_TAG and opened:
            closed = opened.pop()
            if closed != token.tag:
                raise BrokenPage(_around(html, token.line, f"</{token.tag}> closes a {closed}"))


def _as_read(element: Element, around: str = "") -> Iterator[str]:
    if isinstance(element.tag, str):  # a comment is none
        yield (path := f"{around}{element.tag}".lower())
        for child in element:
            yield from _as_read(child, f"{path}/")


def _around(html: str, line: int, trouble: str) -> str:
    return "\n".join([f"{trouble}, at line {line}", *html.splitlines()[max(0, line - 3) : line]])


def _check_labels(tree: Element) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {child for label in tree.iter("label") for child in label.iter()}
    for kind in ("input", "select", "textarea"):
        for field in tree.iter(kind):
            named = field.get("aria-label") or field.get("aria-labelledby")
            if field.get("type") in UNSEEN or named or field in inside:
                continue
            if field.get("id") not in labelled:
                raise BrokenPage(f"the {kind} {field.get('name')!r} has no label")


def _names(form: Element) -> set[str]:
    return {
        field.get("name", "")
        for kind in ("input", "select", "textarea", "button")
        for field in form.iter(kind)
    }


def _values(form: Element) -> dict[str, object]:
    """What a browser would send if nothing were changed."""
    values: dict[str, object] = {}
    for field in form.iter("input"):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in {"submit", "button", "file"}:
            continue
        if kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                chosen = values.setdefault(name, [])
                assert isinstance(chosen, list)
                chosen.append(field.get("value", "on"))
        else:
            values[name] = field.get("value", "")
    for area in form.iter("textarea"):
        if area.get("name"):
            values[area.get("name", "")] = (area.text or "").removeprefix("\n")
    for choice in form.iter("select"):
        options = list(choice.iter("option"))
        picked = [o for o in options if o.get("selected") is not None] or options[:1]
        if choice.get("name"):
            values[choice.get("name", "")] = [o.get("value", o.text or "") for o in picked]
    return values
