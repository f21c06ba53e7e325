"""Who gets which file, by which address, and with which headers."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import time_machine
from PIL import Image

from takeover.media.addresses import media_url
from takeover.media.preparing import prepare_media
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.arranging import add_picture
from takeover.posts.drafting import submit, take_back, withdraw
from takeover.posts.models import PostState, Shape, Surface
from takeover.posts.shaping import choose
from takeover.web import settings
from tests import buckets
from tests.cast import NOW
from tests.movies import MOVIE, a_movie
from tests.preparing import a_draft, a_photo, a_submitted_post, ready_media


def changes_asked(post, *, by, at):
    post.move(PostState.CHANGES_REQUESTED, by=None, at=at, why="Crop it")


KINDS = ("feed", "preview", "thumbnail")


@pytest.fixture
def address(app):
    """The address of a media's file, as a page has it now."""

    def signed(media, kind):
        with app.test_request_context():
            return media_url(media, kind)

    return signed


@pytest.fixture(scope="module")
def s3():
    with buckets.running() as server:
        yield buckets.make_bucket(server, "media")


@pytest.fixture(params=["folder", "bucket"])
def either_store(request, app, monkeypatch):
    if request.param == "bucket":
        changed = replace(settings(), media_url=request.getfixturevalue("s3"))
        monkeypatch.setitem(app.extensions, "settings", changed)


@pytest.fixture
def movie(cast, session):
    return a_movie(session, cast.zofia)


@pytest.mark.parametrize("kind", KINDS)
def test_renditions_are_for_the_owner_and_those_who_decide(browse, cast, session, address, kind):
    path = address(a_submitted_post(session, cast).pictures[0].media, kind)

    for person in (cast.zofia, cast.amir, cast.olga, cast.lea):
        assert browse(person).fetch(path).status_code == 200
    for person in (cast.noe, cast.hanna, cast.ada, cast.stranger):
        assert browse(person).fetch(path).status_code == 404
    assert browse().fetch(path).status_code == 403


def test_what_is_still_a_draft_is_for_its_author_alone(browse, cast, session, address):
    path = address(a_draft(session, cast).pictures[0].media, "feed")

    assert browse(cast.zofia).fetch(path).status_code == 200
    for person in (cast.amir, cast.olga, cast.lea):
        assert browse(person).fetch(path).status_code == 404


@pytest.mark.parametrize("again_with_its_author", [take_back, changes_asked])
def test_what_was_with_comms_and_is_its_authors_again_is_for_its_author_alone(
    browse, cast, session, address, again_with_its_author
):
    post = a_submitted_post(session, cast)
    again_with_its_author(post, by=cast.zofia, at=NOW)
    session.commit()
    path = address(post.pictures[0].media, "feed")

    assert browse(cast.zofia).fetch(path).status_code == 200
    for person in (cast.amir, cast.olga, cast.lea):
        assert browse(person).fetch(path).status_code == 404


def test_what_never_was_with_comms_is_not_shown_once_it_is_withdrawn(
    browse, cast, session, address
):
    post = a_submitted_post(session, cast)
    take_back(post, by=cast.zofia, at=NOW)
    secret = ready_media(session, cast.zofia, text="secret")
    add_picture(post, secret, by=cast.zofia, at=NOW)
    withdraw(post, by=cast.zofia, at=NOW)
    session.commit()

    assert browse(cast.amir).fetch(address(secret, "feed")).status_code == 404


def test_what_was_cut_away_is_for_its_owner_alone(browse, cast, session, address):
    post = a_draft(session, cast)
    choose(post, Surface.FEED, Shape.LANDSCAPE, by=cast.zofia, at=NOW)
    session.commit()
    prepare_media(post.pictures[0].media_id)
    session.expire_all()
    submit(post, by=cast.zofia, at=NOW)
    session.commit()
    media = post.pictures[0].media

    assert browse(cast.amir).fetch(address(media, "feed")).status_code == 200
    assert browse(cast.zofia).fetch(address(media, "whole")).status_code == 200
    for person in (cast.amir, cast.olga, cast.lea):
        assert browse(person).fetch(address(media, "whole")).status_code == 404


def test_the_original_is_for_its_owner_alone(browse, cast, session, address):
    path = address(a_submitted_post(session, cast, caption="mine").pictures[0].media, "original")

    answer = browse(cast.zofia).fetch(path)
    assert answer.data == a_photo("mine")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    for person in (cast.amir, cast.olga, cast.lea, cast.ada, cast.hanna, cast.noe):
        assert browse(person).fetch(path).status_code == 404


def test_an_original_that_was_erased_is_not_there(browse, cast, session, address):
    media = ready_media(session, cast.zofia)
    media.original_erased_at = NOW
    session.commit()
    zofia = browse(cast.zofia)

    page = zofia.get(address(media, "original"))
    assert page.status == 404
    assert page.says("what was here has gone")
    assert zofia.fetch(address(media, "feed")).status_code == 200


@pytest.mark.parametrize("minutes", [0, 7, 14.9])
def test_an_address_is_good_for_a_quarter_of_an_hour_and_at_most_two(
    browse, cast, session, address, minutes
):
    media, begun = ready_media(session, cast.zofia), NOW + timedelta(minutes=minutes)
    zofia = browse(cast.zofia)
    with time_machine.travel(begun, tick=False):
        path = address(media, "feed")

    for later, status in ((15, 200), (30, 303)):
        with time_machine.travel(begun + timedelta(minutes=later), tick=False):
            assert zofia.fetch(path).status_code == status


def test_a_page_that_looks_again_finds_the_same_address(cast, session, address):
    media = ready_media(session, cast.zofia)
    seen = set()
    for minutes in (0, 1, 14):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            seen.add(address(media, "feed"))

    assert len(seen) == 1
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert address(media, "feed") not in seen


def test_an_old_address_leads_whoever_may_see_the_file_to_a_new_one(browse, cast, session, address):
    old = address(a_submitted_post(session, cast).pictures[0].media, "feed")

    with time_machine.travel(NOW + timedelta(minutes=45)):
        amir = browse(cast.amir)
        answer = amir.fetch(old)
        assert answer.status_code == 303
        assert answer.cache_control.no_store
        assert urlsplit(answer.location).path == urlsplit(old).path
        assert amir.fetch(answer.location).status_code == 200
        assert browse(cast.noe).fetch(old).status_code == 404
        assert browse().fetch(old).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.partition("?")[0],
        lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"),
        lambda path: path.replace("/thumbnail", "/feed"),
        lambda path: path.replace("/thumbnail", "/original"),
        lambda path: path.replace("until=", "until=9"),
        lambda path: path.replace("until=", "until=-"),
        lambda path: path.replace("until=", "until=x"),
        lambda path: path.replace("until=", "until=%C2%B2"),
        lambda path: path.replace("signature=", "signature=%00%FF"),
    ],
)
def test_an_address_that_we_did_not_sign_gives_no_file(browse, cast, session, address, change):
    media = ready_media(session, cast.zofia)
    forged = change(address(media, "thumbnail"))

    assert browse(cast.zofia).fetch(forged).status_code == 303
    assert browse(cast.noe).fetch(forged).status_code == 404


def test_an_address_opens_no_other_media(browse, cast, session, address):
    one, other = ready_media(session, cast.zofia), ready_media(session, cast.zofia, text="other")
    path = address(one, "feed").replace(f"/{one.id}/", f"/{other.id}/")

    assert browse(cast.zofia).fetch(path).status_code == 303


@pytest.mark.parametrize(
    ("kind", "mimetype"),
    [("feed", "image/jpeg"), ("preview", "image/webp"), ("thumbnail", "image/webp")],
)
def test_a_rendition_says_what_it_is_and_nothing_else(
    browse, cast, session, address, kind, mimetype
):
    media = ready_media(session, cast.zofia)

    answer = browse(cast.zofia).fetch(address(media, kind))

    assert answer.mimetype == mimetype
    assert answer.headers["Content-Disposition"].startswith(f'inline; filename="photo-{media.id}-')
    with Image.open(BytesIO(answer.data)) as picture:
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)


@pytest.mark.parametrize("kind", ["feed", "original"])
def test_a_file_can_do_no_harm_and_is_nobody_elses(browse, cast, session, address, kind):
    answer = browse(cast.zofia).fetch(address(ready_media(session, cast.zofia), kind))

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert {"default-src 'none'", "sandbox"} <= set(policy.split("; "))
    assert "script-src" not in policy
    assert answer.cache_control.private
    assert not answer.cache_control.public


def test_a_browser_keeps_a_file_and_still_asks_each_time(browse, cast, session, address):
    path = address(a_submitted_post(session, cast).pictures[0].media, "feed")
    amir = browse(cast.amir)
    tag = amir.fetch(path).headers["ETag"]

    for seen in (tag, f"W/{tag}", f'"other", {tag}'):
        again = amir.fetch(path, headers={"If-None-Match": seen})
        assert again.status_code == 304
        assert again.data == b""
        assert again.cache_control.no_cache
    stranger = browse(cast.stranger).client
    assert stranger.get(path, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.usefixtures("either_store")
@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-1", 0, 2),  # what an iPhone begins with
        ("bytes=1000-", 1000, len(MOVIE)),
        ("bytes=-500", len(MOVIE) - 500, len(MOVIE)),
        ("bytes=0-99999999", 0, len(MOVIE)),
        ("bytes=300000-800000", 300_000, 800_001),
    ],
)
def test_a_player_gets_the_part_of_a_video_that_it_asks_for(
    browse, cast, movie, address, asked, start, end
):
    answer = browse(cast.zofia).fetch(address(movie, "feed"), headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(MOVIE)}"
    assert answer.headers["Content-Length"] == str(end - start)
    assert answer.mimetype == "video/mp4"
    assert answer.data == MOVIE[start:end]


@pytest.mark.parametrize("asked", [None, "bytes=0-1,5-9", "lines=1-2", "nonsense", "bytes=9-1"])
def test_what_is_not_one_range_is_answered_by_the_whole_video(browse, cast, movie, address, asked):
    headers = {"Range": asked} if asked else {}
    answer = browse(cast.zofia).fetch(address(movie, "feed"), headers=headers)

    assert answer.status_code == 200
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(MOVIE))
    assert answer.data == MOVIE


@pytest.mark.usefixtures("either_store")
def test_a_range_beyond_the_end_is_told_how_long_the_video_is(browse, cast, movie, address):
    asked = {"Range": f"bytes={len(MOVIE)}-"}
    answer = browse(cast.zofia).fetch(address(movie, "feed"), headers=asked)

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(MOVIE)}"


def test_a_part_of_another_version_is_not_mixed_in(browse, cast, movie, address):
    zofia, path = browse(cast.zofia), address(movie, "feed")
    tag = zofia.fetch(path).headers["ETag"]

    same = zofia.fetch(path, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert same.status_code == 206
    other = zofia.fetch(path, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert other.status_code == 200
    assert len(other.data) == len(MOVIE)


@pytest.mark.usefixtures("either_store")
def test_a_browser_may_ask_for_the_headers_alone(browse, cast, movie, address):
    client, path = browse(cast.zofia).client, address(movie, "feed")

    whole = client.head(path)
    assert (whole.status_code, whole.data) == (200, b"")
    assert whole.headers["Content-Length"] == str(len(MOVIE))
    part = client.head(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, b"")
    assert part.headers["Content-Length"] == "10"


@pytest.mark.parametrize("path", ["/media/9/feed", "/media/1/original.jpg", "/media/1/raw"])
def test_what_is_not_there_is_not_there(browse, cast, session, path):
    ready_media(session, cast.zofia)

    assert browse(cast.zofia).fetch(path).status_code == 404


@pytest.mark.parametrize("kind", ["cover", "whole"])
def test_a_photo_has_neither_a_cover_nor_more_to_it_than_is_seen(
    browse, cast, session, address, kind
):
    assert (
        browse(cast.zofia).fetch(address(ready_media(session, cast.zofia), kind)).status_code == 404
    )


def test_a_number_larger_than_any_database_has_is_not_there(browse, cast):
    assert browse(cast.zofia).fetch(f"/media/{10**30}/feed").status_code == 404


@pytest.mark.usefixtures("either_store")
def test_a_file_that_the_store_has_lost_is_not_there(browse, cast, address, movie):
    key = movie.rendition(RenditionKind.FEED).key
    open_store(settings().media_url).delete(key)

    assert browse(cast.zofia).fetch(address(movie, "feed")).status_code == 404
