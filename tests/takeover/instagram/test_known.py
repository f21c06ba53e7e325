"""A post on the account that is one of ours is known as that, whichever door told us of it."""

import pytest

from takeover.clock import now
from takeover.instagram.known import is_known
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount
from tests.preparing import an_approved_post

ADDRESS = "https://www.instagram.com/p/B1LbfVPlwIA/"
NUMBER = "2110901750722920960"  # of that address, as the client's own codec has it
BY_META = "17895695668004550"


@pytest.fixture
def known_as(session, cast):
    def keep(media_id, permalink=ADDRESS):
        post = an_approved_post(session, cast)
        post.permalink = permalink
        session.add(Publication(post_id=post.id, handle={}, media_id=media_id, sent_at=now()))
        session.commit()

    return keep


@pytest.mark.parametrize("media_id", [BY_META, NUMBER, f"{NUMBER}_42"])
@pytest.mark.parametrize("seen_as", [BY_META, NUMBER, f"{NUMBER}_42"])
def test_it_is_known_by_either_doors_name_for_it(known_as, media_id, seen_as):
    known_as(media_id)

    assert is_known(OnAccount(media_id=seen_as, permalink=ADDRESS))


@pytest.mark.parametrize("media_id", [NUMBER, f"{NUMBER}_42"])
def test_what_a_person_named_by_its_other_address_is_known_by_its_number(known_as, media_id):
    known_as(media_id, permalink="https://www.instagram.com/reel/B1LbfVPlwIA/")

    assert is_known(OnAccount(media_id=BY_META, permalink=ADDRESS))


def test_another_post_is_not_known(known_as):
    known_as(f"{NUMBER}_42")

    for permalink in ("https://www.instagram.com/p/B1LbfVPlwIB/", ""):
        assert not is_known(OnAccount(media_id=BY_META, permalink=permalink))
        assert not is_known(OnAccount(media_id=f"{NUMBER[:-1]}1_42", permalink=permalink))


def test_posts_without_an_address_are_not_all_the_same(known_as):
    known_as(BY_META, permalink="")

    assert not is_known(OnAccount(media_id="17895695668004551", permalink=""))
