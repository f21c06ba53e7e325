"""The address of a post that only a person has seen on the account, and that they noted wrongly."""

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.doubts import settle
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount
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
    entries = select(AuditEntry).where(AuditEntry.action == "address_corrected")
    assert session.scalars(entries).one().by_id == cast.amir.id


def test_the_same_address_again_changes_nothing(browse, cast, session):
    post = noted(session, cast)
    page = to_correct(browse(cast.lea), post)

    for _ in range(2):
        page.submit("Note this address", permalink=f"{SITE}8")
    page.submit("Note this address", permalink=f"{SITE}8")

    entries = select(AuditEntry).where(AuditEntry.action == "address_corrected")
    assert len(session.scalars(entries).all()) == 1


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
    noted(session, cast, 9, caption="Another")

    page = to_correct(browse(cast.amir), post).submit("Note this address", permalink=address)

    assert page.status == 422
    assert page.says(words)
    session.expire_all()
    assert session.get(Post, post.id).permalink == f"{SITE}7"


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
