"""The rules of the house that a machine can hold."""

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from config import ROOT
from takeover.app import BLUEPRINTS, DEMO_BLUEPRINTS, TEMPLATES, create_app
from takeover.db import Model, db
from takeover.i18n import LANGUAGES
from takeover.mail.writing import kinds
from takeover.people.guards import guard_of
from takeover.states import HasState
from takeover.translations.__main__ import catalogue_of, texts
from tests.conftest import SECRET_KEY, settings_for

SOURCES = [
    path
    for folder in ("takeover", "rota", "briefs", "moderation")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


@pytest.fixture(scope="module")
def whole_app(tmp_path_factory) -> Flask:
    """With all there is, the demo's pages too."""
    folder = tmp_path_factory.mktemp("house")
    return create_app(settings_for(f"sqlite:///{folder}/t.db", folder, demo=True))


def test_every_route_says_who_may_use_it(whole_app):
    unguarded = [
        rule.rule
        for rule in whole_app.url_map.iter_rules()
        if guard_of(whole_app, rule.endpoint) is None
    ]

    assert unguarded == []
    assert len(list(whole_app.url_map.iter_rules())) > 30


def test_a_route_without_a_guard_is_closed_to_everybody(app, browse, cast):
    other = create_app(app.extensions["settings"])
    other.add_url_rule("/forgotten", "forgotten", lambda: "open")

    assert other.test_client().get("/forgotten").status_code == 403


def test_strangers_see_no_private_page(whole_app, browse):
    stranger = browse()
    seen = []
    for rule in whole_app.url_map.iter_rules():
        guard = guard_of(whole_app, rule.endpoint)
        if guard is None or guard.words == "anyone" or rule.endpoint.startswith("demo."):
            continue
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda m: "1" if m[1] == "int" else "x", rule.rule)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        page = stranger.get(path) if method == "GET" else stranger.post(path)
        if page.status not in {400, 403, 404}:
            seen.append((rule.rule, page.status))

    assert seen == []


def test_a_web_that_starts_loads_nothing_that_it_may_never_need():
    late = {
        "PIL",
        "alembic",
        "av",
        "cryptography",
        "huey",
        "instagrapi",
        "obstore",
        "psycopg",
        "rich",
    }
    script = f"import sys, wsgi; print(sorted({late} & set(sys.modules)))"
    environ = os.environ | {"DATABASE_URL": "sqlite://", "SECRET_KEY": SECRET_KEY}

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "[]\n", done.stderr


def test_every_template_parses_and_is_used(whole_app):
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    templates = {
        str(path.relative_to(ROOT / folder))
        for folder in TEMPLATES
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    for name in templates:
        source, *_ = whole_app.jinja_env.loader.get_source(whole_app.jinja_env, name)
        texts.append(source)
        whole_app.jinja_env.parse(source, name)
    # A message's template goes by its kind, a page for an error by its name.
    unused = [
        name
        for name in templates
        if not any(
            f'"{name}"' in text or f"'{name}'" in text or f'"{_kind(name)}"' in text
            for text in texts
        )
    ]
    assert unused == []


def _kind(template: str) -> str:
    return template.removeprefix("mail/").removesuffix(".txt")


def test_there_is_one_line_of_migrations():
    assert (
        len(
            ScriptDirectory(
                str(ROOT / "migrations"), version_locations=[str(ROOT / "migrations")]
            ).get_heads()
        )
        == 1
    )


def test_the_migrations_make_what_the_models_say(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def catalogue(language: str):
    with catalogue_of(language).open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_the_catalogue_has_the_texts_that_the_source_has(language):
    """Else: .venv/bin/python -m takeover.translations"""
    known = {message.id for message in catalogue(language)}

    assert [message.id for message in texts() if message.id not in known] == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_the_compiled_catalogue_is_that_of_the_words(language):
    made = BytesIO()
    write_mo(made, catalogue(language))

    assert catalogue_of(language).with_suffix(".mo").read_bytes() == made.getvalue()


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_text_has_its_words_in_every_language(language):
    missing = [
        message.id
        for message in catalogue(language)
        if message.id and (message.fuzzy or not all(_forms(message)))
    ]
    assert missing == []


def _forms(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_translation_keeps_every_place_for_a_value(language):
    lost = [
        message.id
        for message in catalogue(language)
        if message.id
        for form in _forms(message)
        if _places(form) - _places(message.id)
        or (isinstance(message.id, str) and _places(message.id) != _places(form))
    ]
    assert lost == []


def _places(text) -> set[str]:
    joined = " ".join(text) if isinstance(text, (tuple, list)) else text
    return set(re.findall(r"%\((\w+)\)[sd]", joined))


def test_every_message_can_be_written(whole_app):
    with whole_app.app_context():
        assert {"invitation", "brief", "sign_in", "changes_requested", "rejected"} <= set(kinds())


def test_every_state_can_be_reached():
    for model in HasState.__subclasses__():
        first = next(iter(model.allowed_moves))
        reached = {state for targets in model.allowed_moves.values() for state in targets}
        assert set(type(first)) == reached | {first}, model.__name__


def test_nothing_is_left_for_later():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [str(path) for path in SOURCES if marks.search(path.read_text(encoding="utf-8"))] == []


def test_no_file_is_a_drawer():
    drawers = {"utils", "helpers", "common", "manager", "service", "dao", "misc"}
    assert [str(path) for path in SOURCES if path.stem in drawers] == []


def test_files_are_one_idea_long():
    long = [p for p in SOURCES if len(p.read_text(encoding="utf-8").splitlines()) > 300]
    assert long == []


def test_every_feature_is_put_together():
    built = {pages.import_name for pages in BLUEPRINTS + DEMO_BLUEPRINTS}
    written = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in SOURCES
        if re.search(r"^pages = Blueprint\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert written == built
    assert all(Path(ROOT / folder).is_dir() for folder in TEMPLATES)
