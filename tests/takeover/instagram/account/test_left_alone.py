"""A wait that Instagram asked for is of one account by one way: whoever connects another one does
not inherit it, a person can end it, and whoever hears of it keeps to it."""

import json

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.connecting import connect
from takeover.instagram.doors import lock_connection
from takeover.instagram.due import accounts_with_work
from takeover.instagram.looking_after import disconnect
from takeover.instagram.models import AccountHold, Connection
from takeover.instagram.slowing_down import waits_until
from tests.cast import NOW
from tests.preparing import an_approved_post
from tests.takeover.instagram.account.conftest import ACCOUNT, PAGE
from tests.takeover.instagram.test_publishing import Door
from tests.takeover.instagram.test_waiting import MINUTE, SECOND, clock, limited, turn

__all__ = ["clock", "turn"]

APP_SAYS_80002 = {"error": {"code": 80002, "message": "slow down", "type": "OAuthException"}}


@pytest.fixture
def ways(meta):
    """What opens the account, and another one, by each door."""
    ours, other = meta.accounts.get(ACCOUNT), meta.accounts.get("somebody_else")

    def keys(account):
        token = meta.token(account.username)
        return {"host": "facebook", "ig_user_id": account.ig_id, "user_token": token}

    return {
        "the same": ("instagrapi", ours.session()),
        "another account": ("instagrapi", other.session()),
        "another door": ("graph", keys(ours)),
        "by graph": ("graph", keys(ours)),
        "another by graph": ("graph", keys(other)),
    }


def lets_in(session, cast, way):
    publisher, saved = way
    text = json.dumps(saved)
    connect(cast.programme, session=session, publisher=publisher, saved=text, by=cast.lea, at=now())
    session.commit()


def a_limited_door(account):
    door = Door(trouble=limited(), at="prepare")
    door.account = account
    return door


def limit_three_times(session, cast, turn, clock, ways):
    """The last wait of the app's way is for 12 hours."""
    cast.programme.grace = 24 * 60
    an_approved_post(session, cast, slot_at=NOW)
    lets_in(session, cast, ways["the same"])
    door = a_limited_door(str(ways["the same"][1]["authorization_data"]["ds_user_id"]))
    for number in range(3):
        if number:
            clock.move_to(session.get(AccountHold, cast.programme.id).wait_until + SECOND)
        turn(door, name="instagrapi")
    assert waits(session, cast) > now() + 11 * 60 * MINUTE
    clock.shift(MINUTE)


def waits(session, cast):
    session.expire_all()
    return waits_until(session, cast.programme.id, at=now())


@pytest.mark.parametrize("is_ended_first", [True, False])
@pytest.mark.parametrize("way", ["another account", "another door", "another by graph"])
def test_another_account_or_another_way_does_not_inherit_it(
    session, cast, turn, clock, ways, way, is_ended_first
):
    limit_three_times(session, cast, turn, clock, ways)
    if is_ended_first:
        connection = lock_connection(session, cast.programme.id)
        seen = connection.connected_at
        disconnect(connection, session=session, seen=seen, by=cast.lea, at=now())
        session.commit()

    lets_in(session, cast, ways[way])

    assert waits(session, cast) is None
    assert accounts_with_work(session, at=now()) == [cast.programme.id]
    turn(a_limited_door(account="new"), name="instagrapi")
    assert waits(session, cast) == now() + 30 * MINUTE  # the first one, and not the fourth


@pytest.mark.parametrize("is_ended_first", [True, False])
def test_new_keys_of_the_same_account_by_the_same_way_keep_to_it(
    session, cast, turn, clock, ways, is_ended_first
):
    limit_three_times(session, cast, turn, clock, ways)
    until = waits(session, cast)
    if is_ended_first:
        connection = lock_connection(session, cast.programme.id)
        seen = connection.connected_at
        disconnect(connection, session=session, seen=seen, by=cast.lea, at=now())
        session.commit()

    lets_in(session, cast, ways["the same"])

    assert waits(session, cast) == until


def test_what_the_former_keys_are_asked_is_nothing_to_new_ones(session, cast, turn, clock, ways):
    an_approved_post(session, cast, slot_at=NOW)
    lets_in(session, cast, ways["the same"])
    clock.shift(SECOND)
    former = a_limited_door("1")
    former.meanwhile = lambda: lets_in(session, cast, ways["by graph"])

    turn(former, name="instagrapi")

    assert len(former.handles) == 1
    assert waits(session, cast) is None


def test_a_person_can_let_it_go_on_before_that_who_says_so(
    session, cast, turn, clock, ways, browse
):
    limit_three_times(session, cast, turn, clock, ways)
    lea = browse(cast.lea)
    until = waits(session, cast)

    refused = lea.post(f"{PAGE}/go-on", seen=until.isoformat(), **csrf(lea))
    assert refused.says("Do not let it go on before")
    assert waits(session, cast) == until
    page = lea.get(PAGE).submit("Go on all the same")

    assert page.says("Noted: the account may go on.")
    assert waits(session, cast) is None
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account_looked_at")
    ).one()
    assert entry.facts["before"] == until.isoformat()


def test_who_is_limited_once_more_after_that_has_used_up_its_waits(
    session, cast, turn, clock, ways, browse
):
    limit_three_times(session, cast, turn, clock, ways)
    browse(cast.lea).get(PAGE).submit("Go on all the same")
    clock.shift(MINUTE)

    door = a_limited_door(str(ways["the same"][1]["authorization_data"]["ds_user_id"]))
    turn(door, name="instagrapi")

    assert session.scalars(select(Connection)).one().stopped_at is not None


def test_an_account_that_is_not_left_alone_has_no_such_button(session, cast, ways, lea):
    lets_in(session, cast, ways["by graph"])

    assert "Go on all the same" not in lea.get(PAGE).html
    assert lea.post(f"{PAGE}/go-on", **csrf(lea)).says("It was going on already.")


def test_a_limit_that_asking_now_runs_into_is_kept_to(session, cast, turn, clock, ways, meta, lea):
    post = an_approved_post(session, cast, slot_at=NOW + MINUTE)
    lets_in(session, cast, ways["by graph"])
    meta.wire.add(path="content_publishing_limit", status=400, body=APP_SAYS_80002)

    page = lea.get(PAGE).submit("Ask Instagram now")

    assert page.says("Instagram asked us to slow down.")
    assert "no clear answer" not in page.text
    assert waits(session, cast) is not None
    clock.move_to(post.slot_at)
    door = Door()
    turn(door)
    assert (door.sent, door.handles) == (0, [])


def test_a_limit_that_keeping_the_account_runs_into_is_kept_to(
    session, cast, turn, clock, ways, meta
):
    lets_in(session, cast, ways["by graph"])
    meta.wire.add(path="content_publishing_limit", status=400, body=APP_SAYS_80002)

    turn(Door(), job="keep_accounts")

    assert waits(session, cast) is not None


def test_nothing_is_asked_now_while_it_is_to_be_left_alone(
    session, cast, turn, clock, ways, meta, lea
):
    lets_in(session, cast, ways["by graph"])
    form = csrf(lea)
    meta.wire.add(path="content_publishing_limit", status=400, body=APP_SAYS_80002)
    lea.get(PAGE).submit("Ask Instagram now")
    asked = len(meta.wire.log("content_publishing_limit"))

    assert "Ask Instagram now" not in lea.get(PAGE).html
    page = lea.post(f"{PAGE}/quota", **form)

    assert page.says("Instagram asked us to slow down.")
    assert len(meta.wire.log("content_publishing_limit")) == asked


def csrf(browser):
    html = browser.get(PAGE).html
    return {"csrf_token": html.partition('name="csrf_token" value="')[2].partition('"')[0]}
