"""Each kind of post, from its bytes to the stand-in's profile, by both logins."""

from dataclasses import replace

import pytest

from takeover.instagram.publisher import (
    Kind,
    Ours,
    Photo,
    Reason,
    TheirsForGood,
)

KINDS = ["photo", "carousel", "reel", "story photo", "story clip"]


def bytes_of(outgoing):
    return [
        item.jpeg if isinstance(item, Photo) else (item.mp4.seek(0), item.mp4.read())[1]
        for item in outgoing.items
    ]


@pytest.mark.parametrize("host", ["facebook", "instagram"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_arrives_to_the_byte(kind, host, door, posts, rehearsal, kept):
    publisher, outgoing = door(host), posts[kind]

    handle = publisher.prepare(outgoing, {}, kept)
    assert rehearsal.account.posts() == []
    on = publisher.publish(outgoing, handle)

    [there] = rehearsal.account.posts()
    assert [item.data for item in there.items] == bytes_of(outgoing)
    assert (there.kind, there.caption) == (outgoing.kind, outgoing.caption)
    assert on.media_id == there.media_id
    address = rehearsal.url + there.path(rehearsal.account.username)
    assert publisher.permalink_of(on) == address


def test_photos_keep_their_alt_text(door, posts, rehearsal, kept):
    for kind in ("photo", "carousel"):
        publisher = door()
        publisher.publish(posts[kind], publisher.prepare(posts[kind], {}, kept))

    carousel, photo = rehearsal.account.posts()
    assert photo.alt_text == posts["photo"].items[0].alt_text
    assert [item.alt_text for item in carousel.items] == ["Photo 3", "", "Photo 5"]


def test_a_reel_has_its_cover(publisher, reel, rehearsal, kept):
    publisher.publish(reel, publisher.prepare(reel, {}, kept))

    assert rehearsal.account.posts()[0].cover.data == reel.items[0].cover


def test_a_reel_goes_out_without_anything_being_fetched(door, reel, rehearsal, shelf, kept):
    publisher = door(hosting=None)

    publisher.publish(reel, publisher.prepare(reel, {}, kept))

    [there] = rehearsal.account.posts()
    assert (there.kind, there.cover, shelf.fetched) == (Kind.REEL, None, [])


def test_clips_are_pushed_by_facebook_login_and_fetched_by_instagram_login(
    door, reel, shelf, rehearsal, kept
):
    door("facebook").prepare(reel, {}, kept)
    assert (shelf.fetched, len(rehearsal.wire.log("upload"))) == (["/7-0-cover.jpg"], 1)

    door("instagram").prepare(reel, {}, kept)
    assert "/7-0.mp4" in shelf.fetched
    assert len(rehearsal.wire.log("upload")) == 1


@pytest.mark.parametrize("kind", ["photo", "carousel", "reel"])
def test_a_place_goes_with_it_where_the_door_knows_places(kind, door, posts, rehearsal, kept):
    there = replace(posts[kind], location_id="123")
    publisher = door()

    publisher.publish(there, publisher.prepare(there, {}, kept))
    assert rehearsal.account.posts()[0].location == "123"

    with pytest.raises(TheirsForGood) as refused:
        door("instagram").prepare(there, {}, kept)
    assert refused.value.reason is Reason.PLACE


def test_what_instagram_makes_nothing_of_never_leaves(publisher, posts, photo, rehearsal, kept):
    one, clip = photo.items[0], posts["reel"].items[0]
    for kind, items in (
        (Kind.PHOTO, ()),
        (Kind.PHOTO, (clip,)),
        (Kind.PHOTO, (one, one)),
        (Kind.REEL, (one,)),
        (Kind.STORY, (one, clip)),
        (Kind.CAROUSEL, (one,)),
        (Kind.CAROUSEL, (one,) * 11),
    ):
        with pytest.raises(TheirsForGood):
            publisher.prepare(replace(photo, kind=kind, items=items), {}, kept)
    assert rehearsal.wire.log() == []


def test_without_an_address_for_files_a_photo_waits_for_us(door, photo, kept):
    with pytest.raises(Ours) as refused:
        door(hosting=None).prepare(photo, {}, kept)
    assert refused.value.reason is Reason.CANNOT_FETCH
