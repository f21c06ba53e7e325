"""A post that is out without the words it was approved with is told to comms, and on its way."""

from sqlalchemy import select

from takeover.clock import now
from takeover.instagram.doubts import settle
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.publisher import OnAccount
from takeover.mail.models import Message
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import an_approved_post


def out(session, cast, *, is_altered):
    post = an_approved_post(session, cast, slot_at=NOW)
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.move(PostState.UNCERTAIN, by=None, at=now())
    session.add(Publication(post_id=post.id, door="sandbox", handle={}, sent_at=now()))
    session.commit()
    found = OnAccount(media_id="sandbox-1", permalink="http://localhost/p", is_altered=is_altered)
    settle(session, post.id, found=found, at=now())
    return post


def alarms(session):
    return [alarm.kind for alarm in session.scalars(select(Alarm).order_by(Alarm.id))]


def test_a_lost_caption_is_an_alarm_and_a_line_of_the_timeline(browse, session, cast):
    post = out(session, cast, is_altered=True)

    assert post.state is PostState.PUBLISHED
    assert alarms(session) == ["altered"]
    letter = session.scalars(
        select(Message).where(Message.kind == "alarm", Message.address == cast.amir.email)
    ).one()
    assert letter.subject == "A post on @a_week_at_nordwerk has another caption"
    assert "Instagram shows another caption than the approved one, or none." in letter.text
    assert "or take the post down" in letter.text
    page = browse(cast.zofia).get(f"/posts/{post.id}")
    assert page.says("It is out with another caption than the approved one.")


def test_a_post_with_its_own_words_is_no_alarm(session, cast):
    out(session, cast, is_altered=False)

    assert alarms(session) == []
