"""A reader whose clock is not the account's: every page says the account's first, then theirs."""

from datetime import UTC, datetime

from takeover.posts.models import PostEvent
from tests.cast import NOW
from tests.preparing import an_approved_post


def test_every_page_says_the_accounts_clock_and_then_the_readers(browse, cast, session):
    slot = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    post = an_approved_post(session, cast, slot_at=slot)
    cast.amir.timezone = "Asia/Tokyo"
    session.commit()
    amir = browse(cast.amir)

    for path in (
        "/posts",
        f"/queue/{post.id}",
        f"/calendar/posts/{post.id}/now",
        f"/calendar/posts/{post.id}/move",
    ):
        said = "Wed 25 Nov, 18:00 (Thu 26 Nov, 02:00 on your clock)"
        assert amir.get(path).says(said), path


def test_the_timeline_does_too_and_its_author_who_has_the_accounts_reads_one(browse, cast, session):
    post = an_approved_post(session, cast)
    until = datetime(2026, 11, 25, 10, 20, tzinfo=UTC).isoformat()
    post.events.append(PostEvent(at=NOW, what="waits", facts={"reason": "quota", "until": until}))
    cast.amir.timezone = "Asia/Tokyo"
    session.commit()
    there, here = "Wed 25 Nov, 11:20", "(19:20 on your clock)"

    assert browse(cast.amir).get(f"/queue/{post.id}").says(f"{there} {here}")
    hers = browse(cast.zofia).get(f"/posts/{post.id}")
    assert hers.says(there)
    assert not hers.says("on your clock")
