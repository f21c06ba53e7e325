"""The application with an app at Meta, and a stand-in for Meta that really asks and answers."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine

from takeover.app import create_app
from takeover.db import db
from takeover.instagram.rehearsal.logins import APP_ID, APP_SECRET
from takeover.schedule import run_once
from tests.cast import NOW
from tests.conftest import settings_for

ACCOUNT = "a_week_at_nordwerk"
PAGE = "/programmes/a-week-in-a-life/account"


@pytest.fixture
def meta(stage):
    """Meta with the programme's account, and somebody else's. People sign in here."""
    stage.reset()
    stage.accounts.add(ACCOUNT)
    stage.accounts.add("somebody_else")
    return stage


@pytest.fixture(scope="session")
def _asking(database, stage, tmp_path_factory):
    chosen = settings_for(
        database.url,
        tmp_path_factory.mktemp("account"),
        publisher="graph",
        instagram_graph_url=stage.url,
        instagram_rupload_url=stage.url,
        instagram_private_url=stage.url,
        facebook_app_id=APP_ID,
        facebook_app_secret=APP_SECRET,
        instagram_app_id=APP_ID,
        instagram_app_secret=APP_SECRET,
    )
    app = create_app(chosen)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_asking, database, meta):
    database.empty()
    with time_machine.travel(NOW, tick=True), _asking.app_context():
        yield _asking
        db.session.close()


@pytest.fixture
def lea(browse, cast):
    return browse(cast.lea)


@pytest.fixture
def sent(lea):
    """`sent("facebook")` begins a login: the address at Meta that the page goes on to."""

    def begin(host="facebook", browser=lea):
        words = "Connect by Facebook" if host == "facebook" else "Connect by Instagram"
        going = browser.get(PAGE).submit(words)
        return next(url for url in going.links.values() if "oauth" in url)

    return begin


def say(address, *, accounts=(ACCOUNT,), without=(), answer="yes"):
    """Answer Meta's question as a person does; the path that it leads back to."""
    scopes = parse_qs(urlsplit(address).query)["scope"][0].split(",")
    form = {
        "account": list(accounts),
        "scope": [scope for scope in scopes if scope not in without],
        "answer": answer,
    }
    response = requests.post(address, data=form, allow_redirects=False, timeout=5)
    back = urlsplit(response.headers["Location"])
    return f"{back.path}?{back.query}"


@pytest.fixture
def later():
    """`with later(days=8):` is then."""
    return lambda **span: time_machine.travel(NOW + timedelta(**span), tick=True)


@pytest.fixture
def tick_all(app, session):
    """Every job of the clock, once."""

    def run(jobs):
        session.commit()
        for job in jobs:
            run_once(app, job)
        session.expire_all()

    return run
