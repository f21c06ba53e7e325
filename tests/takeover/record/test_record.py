"""The record of decisions, as administrators read it."""

import re
from itertools import pairwise

import pytest
from sqlalchemy import insert

from config import ROOT
from takeover import audit
from takeover.audit import AuditEntry
from takeover.record.words import ACTIONS
from takeover.states import HasState
from tests.cast import NOW

pytestmark = pytest.mark.each_database


@pytest.fixture
def desk(cast, browse):
    return browse(cast.ada)


def many(session, count, kinds=("posts", "posts", "posts", "weeks", "media")):
    session.execute(
        insert(AuditEntry),
        [
            {
                "at": NOW,
                "by_id": 1,
                "action": "submitted",
                "object_kind": kinds[n % len(kinds)],
                "object_id": n % 1000 + 1,
                "from_state": "draft",
                "to_state": "submitted",
                "facts": {"n": n},
            }
            for n in range(count)
        ],
    )
    session.commit()


def numbers(page):
    """Which entries of `many` stand on a page, from above."""
    words = page.text.split()
    return [int(after) for word, after in pairwise(words) if word == "n:"]


@pytest.mark.parametrize("who", ["hanna", "lea", "amir", "olga", "zofia", "stranger", None])
def test_only_administrators_read_it(cast, browse, who):
    page = browse(getattr(cast, who) if who else None).get("/record")
    assert page.status == 403
    assert not page.says("role given")


def test_it_says_who_did_what_to_what(cast, session, desk):
    audit.record(
        cast.week, "published", by=cast.amir, at=NOW, from_state="approved", to_state="published"
    )
    session.commit()
    page = desk.get("/record")
    assert page.says(f"25 Nov 2026, 10:00:00 Amir Haddad Published Week {cast.week.id}")
    assert page.says("Approved → Published")


def test_the_application_itself_is_named(cast, session, desk):
    audit.record(cast.week, "week_opened", by=None, at=NOW)
    session.commit()
    assert desk.get("/record").says("Takeover itself week_opened")


def test_newest_first_and_page_by_page_to_the_end_and_back(cast, session, desk):
    many(session, 130)
    page = desk.get("/record")
    first = numbers(page)
    assert first == list(range(129, 79, -1))
    page = page.follow("Next")
    assert numbers(page) == list(range(79, 29, -1))
    last = page.follow("Next")
    assert numbers(last)[0] == 29
    assert numbers(last.follow("Previous")) == list(range(79, 29, -1))
    assert numbers(page.follow("Previous")) == first


def test_one_reads_on_where_one_was_while_more_is_written(cast, session, desk):
    many(session, 60)
    page = desk.get("/record")
    many(session, 10)
    assert numbers(page.follow("Next"))[0] == 9


def test_only_one_kind_or_one_thing(cast, session, desk):
    many(session, 30)
    assert len(numbers(desk.get("/record?kind=weeks"))) == 6
    page = desk.get("/record").follow("Post 2")
    assert len(numbers(page)) == 1
    assert page.says("Post 2")


def test_the_choice_goes_along_to_the_next_page(cast, session, desk):
    many(session, 200)
    page = desk.get("/record?kind=posts").follow("Next")
    assert len(numbers(page)) == 50
    assert not page.says("Week 4")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("object=abc", 422),
        ("object=99999999999999999999", 422),
        ("object=-1", 422),
        ("kind=nonsense", 200),
        ("kind=%00", 200),
        ("before=abc", 200),
        ("before=99999999999999999999&after=1", 200),
        ("after=2147483647", 200),
    ],
)
def test_an_odd_address_gets_a_page(cast, desk, asked, status):
    assert desk.get(f"/record?{asked}").status == status


def test_every_action_and_every_state_has_words():
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("takeover", "rota", "briefs", "moderation")
        for path in (ROOT / folder).rglob("*.py")
    ]
    recorded = {
        action
        for source in sources
        for action in re.findall(r'audit\.record\(\s*[^"]+?, "([a-z_]+)"', source)
    }
    states = {
        state.value
        for model in HasState.__subclasses__()
        for state in type(next(iter(model.allowed_moves)))
    }

    assert len(recorded) > 20
    assert recorded | states <= set(ACTIONS)
