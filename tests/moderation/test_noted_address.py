"""The address of a post that only a person has seen on the account, and that they noted wrongly."""

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.doubts import settle
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount
from takeover.mail.models import Message
from takeover.posts.models import Post, PostState
from tests.cast import NOW
from tests.moderation.test_views import uncertain
from tests.preparing import an_approved_post

SITE = "http://localhost/sandbox/a_week_at_nordwerk#post-"


def noted(session, cast, number=7, *, by="amir", **facts):
    """A post of which that person has said where it is."""
    post = uncertain(session, an_approved_post(session, cast, **facts))
    found = OnAccount(media_id=f"sandbox-{number}", permalink=f"{SITE}{number}")
    settle(session, post.id, found=found, by=getattr(cast, by) if by else None, at=now())
    return post


def to_correct(browser, post):
    return browser.get(browser.get(f"/queue/{post.id}").links["Correct its address"])


def corrections(session):
    """Of which post, by whom, from which number to which."""
    entries = select(AuditEntry).where(AuditEntry.action == "address_corrected")
    found = session.scalars(entries.order_by(AuditEntry.id))
    return [(e.object_id, e.by_id, e.facts["from_media_id"], e.facts["media_id"]) for e in found]


def test_who_noted_a_wrong_address_puts_it_right_for_everybody(browse, cast, session):
    post = noted(session, cast)

    page = to_correct(browse(cast.amir), post)
    assert page.links["See what is at the noted address"] == f"{SITE}7"
    page = page.submit("Note this address", permalink=f"{SITE}8")

    assert page.path == f"/queue/{post.id}"
    assert page.says("Noted: this is its address.")
    assert page.says("Comms corrected its address on the account")
    assert page.links["See it on the account"] == f"{SITE}8"
    assert browse(cast.zofia).get(f"/posts/{post.id}").links["See it on the account"] == f"{SITE}8"
    assert session.get(Publication, post.id).media_id == "sandbox-8"
    assert corrections(session) == [(post.id, cast.amir.id, "sandbox-7", "sandbox-8")]


def test_the_same_address_again_changes_nothing(browse, cast, session):
    post = noted(session, cast)
    page = to_correct(browse(cast.lea), post)

    for _ in range(2):
        page.submit("Note this address", permalink=f"{SITE}8")
    page.submit("Note this address", permalink=f"{SITE}8")

    assert len(corrections(session)) == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Copy the post's address from Instagram into this field."),
        ("https://evil.example/p/C0ffee12345/", "That is not the address of a post."),
        (f"{SITE}9", "Another of our posts has this address."),
    ],
)
def test_an_address_that_cannot_be_its_own_is_refused(browse, cast, session, address, words):
    post = noted(session, cast, slot_at=NOW)
    noted(session, cast, 9, by=None, caption="Another")

    page = to_correct(browse(cast.amir), post).submit("Note this address", permalink=address)

    assert page.status == 422
    assert page.says(words)
    session.expire_all()
    assert session.get(Post, post.id).permalink == f"{SITE}7"


def test_what_nobody_but_a_person_saw_did_not_appear_by_itself(browse, cast, session):
    post = noted(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}")
    assert page.says("Comms found it on the account")
    assert not page.says("It appeared on the account")


def test_two_that_were_noted_crosswise_are_exchanged(browse, cast, session):
    post, other = (
        noted(session, cast, slot_at=NOW),
        noted(session, cast, 9, caption="Another"),
    )

    page = to_correct(browse(cast.lea), post).submit("Note this address", permalink=f"{SITE}9")
    assert page.status == 422
    assert page.says("Somebody has noted it for this one: Another")
    for _ in range(2):
        done = page.submit("Exchange both")

    assert done.links["See it on the account"] == f"{SITE}9"
    session.expire_all()
    assert session.get(Post, other.id).permalink == f"{SITE}7"
    assert corrections(session) == [
        (post.id, cast.lea.id, "sandbox-7", "sandbox-9"),
        (other.id, cast.lea.id, "sandbox-9", "sandbox-7"),
    ]


ADDRESS = "https://www.instagram.com/p/C0ffee12345/"


@pytest.mark.parametrize("door", ["graph", "instagrapi"])
@pytest.mark.parametrize("is_noted_already", [False, True])
def test_what_instagram_told_by_any_number_is_nobody_elses(
    browse, cast, session, door, is_noted_already
):
    told = OnAccount(media_id="17895695668004550", permalink=ADDRESS)
    first = uncertain(session, an_approved_post(session, cast, slot_at=NOW))
    second = uncertain(session, an_approved_post(session, cast, caption="Neighbour"))
    for post in (first, second):
        session.get(Publication, post.id).door = door
    session.commit()
    settle(session, first.id, found=told, at=now())
    amir = browse(cast.amir)
    if is_noted_already:
        mine = "https://www.instagram.com/p/C0ffee54321/"
        amir.get("/posts").submit("It is there", permalink=mine)
        page = to_correct(amir, second).submit("Note this address", permalink=ADDRESS)
    else:
        page = amir.get("/posts").submit("It is there", permalink=ADDRESS)

    assert page.status == 422
    assert page.says("Another of our posts has this address.")
    session.expire_all()
    assert session.get(Post, second.id).permalink != ADDRESS


@pytest.mark.parametrize(
    "address",
    [
        "https://www.instagram.com/somebody_else/p/C0ffee12345/",
        "https://www.instagram.com/stories/a_week_at_nordwerk/3141592653589/",
    ],
)
def test_of_another_account_or_kind_it_is_no_address_of_the_post(browse, cast, session, address):
    post = uncertain(session, an_approved_post(session, cast))
    session.get(Publication, post.id).door = "graph"
    session.commit()

    page = browse(cast.amir).get("/posts").submit("It is there", permalink=address)

    assert page.status == 422
    assert page.says("That is not the address of a post.")


def test_its_author_is_written_no_address_that_may_be_corrected(browse, cast, session):
    post = noted(session, cast)

    (text,) = session.scalars(select(Message.text).where(Message.kind == "published"))
    assert post.permalink not in text
    assert "See your post here" in text


def test_what_a_colleague_corrected_meanwhile_is_looked_at_first(browse, cast, session):
    post = noted(session, cast)
    amirs, leas = to_correct(browse(cast.amir), post), to_correct(browse(cast.lea), post)
    amirs.submit("Note this address", permalink=f"{SITE}8")

    page = leas.submit("Note this address", permalink=f"{SITE}10")

    assert page.status == 422
    assert page.says("Somebody else has corrected it in the meantime.")
    assert page.links["See what is at the noted address"] == f"{SITE}8"
    assert page.submit("Note this address", permalink=f"{SITE}10").says("Noted")


def test_what_instagram_itself_told_is_nobodys_to_correct(browse, cast, session):
    post = noted(session, cast, by=None)
    assert session.get(Post, post.id).state is PostState.PUBLISHED
    amir = browse(cast.amir)

    assert "Correct its address" not in amir.get(f"/queue/{post.id}").links
    assert amir.get(f"/posts/{post.id}/address").status == 404


@pytest.mark.parametrize("who", ["zofia", "olga", "noe"])
def test_nobody_else_corrects_it(browse, cast, session, who):
    post = noted(session, cast)

    assert browse(getattr(cast, who)).get(f"/posts/{post.id}/address").status == 403
