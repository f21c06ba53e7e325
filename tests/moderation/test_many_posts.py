"""Pages with many posts: as quick with sixty as with six, whatever state they are in."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from takeover.posts.models import Picture, Post, PostMove, PostState
from takeover.programmes.pausing import lock_programme, pause, resume
from tests.cast import NOW
from tests.preparing import an_approved_post
from tests.questions import questions_of

STATES = ("approved", "failed", "missed", "published", "uncertain", "submitted")


def a_pause_is_over(session, cast):
    pause(
        lock_programme(session, cast.programme.id),
        session=session,
        reason="",
        by=cast.lea,
        at=NOW - timedelta(hours=3),
    )
    resume(lock_programme(session, cast.programme.id), session=session, by=cast.lea, at=NOW)
    session.commit()


def many(session, cast, how_many, *, states=STATES, begin=0):
    """Copies of one approved post, a minute apart since this morning, each with two pictures."""
    post = an_approved_post(session, cast, caption=f"The first of {how_many}")
    facts = {
        name: getattr(post, name)
        for name in ("programme_id", "week_id", "author_id", "created_at", "submitted_at")
    }
    facts |= {"approved_digest": post.approved_digest, "approved_by_id": cast.amir.id}
    rows = []
    for number in range(begin, begin + how_many):
        state = PostState(states[number % len(states)])
        slot = NOW - timedelta(minutes=5 + number)
        out = slot if state is PostState.PUBLISHED else None
        rows.append(
            {"state": state, "slot_at": slot, "published_at": out, "caption": f"No {number}"}
        )
    ids = session.scalars(insert(Post).returning(Post.id), [facts | row for row in rows]).all()
    media_id = post.pictures[0].media_id
    pictures = [
        {"media_id": media_id, "position": place, "alt_text": "", "post_id": post_id}
        for post_id in ids
        for place in range(2)
    ]
    session.execute(insert(Picture), pictures)
    moves = [{"post_id": id, "at": NOW, "to_state": "missed", "why": "too late"} for id in ids]
    session.execute(insert(PostMove), moves)
    session.commit()
    return ids


def hidden_in(page, name):
    return [e.get("value") for e in page.tree.iter("input") if e.get("name") == name]


@pytest.mark.parametrize("path", ["/calendar/2026-11-23", "/posts", "/pause", "/pause/place"])
def test_a_page_asks_the_database_as_often_for_many_posts_as_for_few(browse, cast, session, path):
    a_pause_is_over(session, cast)
    many(session, cast, 6)
    lea = browse(cast.lea)
    few = questions_of(lambda: lea.get(path))
    many(session, cast, 54, begin=6)
    pages = []

    asked = questions_of(lambda: pages.append(lea.get(path)))

    assert pages[0].status == 200
    assert pages[0].says("No 57") or path.startswith("/pause")
    assert len(asked) == len(few), "\n".join(asked)


def test_sixty_posts_are_placed_again_among_a_hundred_and_forty_four_slots_a_day(
    browse, cast, session
):
    cast.programme.slot_times = [f"{n // 6:02d}:{n % 6}0" for n in range(144)]
    a_pause_is_over(session, cast)
    ids = many(session, cast, 60, states=("approved",))
    lea = browse(cast.lea)

    page = lea.get("/pause")
    assert page.says("60 posts wait to be placed again")
    shown = hidden_in(page.follow("Place 60 posts again"), "place")
    lea.client.post(
        "/pause/place", data={"csrf_token": hidden_in(page, "csrf_token")[0], "place": shown}
    )

    assert lea.get("/posts").says("60 posts are placed again.")
    session.expire_all()
    slots = [session.get(Post, id).slot_at for id in ids]
    assert len(set(slots)) == 60
    assert min(slots) == NOW + timedelta(minutes=20)  # the first approved has the one before


def test_posts_without_a_slot_left_are_asked_about_all_at_once(browse, cast, session):
    a_pause_is_over(session, cast)
    lea, times, pages = browse(cast.lea), cast.programme.slot_times, []

    def questions_about(how_many, *, begin):
        cast.programme.slot_times, cast.programme.slot_days = times, list(range(7))
        many(session, cast, how_many, states=("approved",), begin=begin)
        cast.programme.slot_times, cast.programme.slot_days = ["00:01"], [0]  # all are over
        return questions_of(lambda: pages.append(lea.get("/pause/place")))

    few, asked = questions_about(3, begin=0), questions_about(40, begin=10)

    assert pages[1].says("find no free slot in their weeks")
    assert "Any other time" in pages[1].links
    assert len(asked) == len(few), "\n".join(asked)


def test_of_more_posts_than_a_page_shows_it_says_so(browse, cast, session):
    many(session, cast, 6)
    amir = browse(cast.amir)
    assert not amir.get("/posts").says("These are the first")

    many(session, cast, 200, begin=6)

    assert amir.get("/posts").says("These are the first 200.")


def test_the_posts_page_counts_what_else_waits_for_its_reader(browse, cast, session):
    a_pause_is_over(session, cast)
    many(session, cast, 4, states=("approved", "submitted", "submitted", "missed"))

    page = browse(cast.amir).get("/posts")

    assert page.says("One post needs you")
    assert "2 more wait in the queue" in page.links
    assert "One post waits to be placed again" in page.links
    assert not browse(cast.lea).get("/posts").says("wait in the queue")
