"""Who gets which file, and with which headers."""

from io import BytesIO

import pytest
from PIL import Image

from takeover.media.store import open_store
from takeover.web import settings
from tests.preparing import a_draft, a_photo, a_submitted_post, ready_media

KINDS = ("feed", "preview", "thumbnail")


@pytest.mark.parametrize("kind", KINDS)
def test_renditions_are_for_the_owner_and_those_who_decide(browse, cast, session, kind):
    path = f"/media/{a_submitted_post(session, cast).pictures[0].media_id}/{kind}"

    for person in (cast.zofia, cast.amir, cast.olga, cast.lea):
        assert browse(person).fetch(path).status_code == 200
    for person in (cast.noe, cast.hanna, cast.ada, cast.stranger):
        assert browse(person).fetch(path).status_code == 404
    assert browse().fetch(path).status_code == 403


def test_what_is_still_a_draft_is_for_its_author_alone(browse, cast, session):
    path = f"/media/{a_draft(session, cast).pictures[0].media_id}/feed"

    assert browse(cast.zofia).fetch(path).status_code == 200
    for person in (cast.amir, cast.olga, cast.lea):
        assert browse(person).fetch(path).status_code == 404


def test_the_original_is_for_its_owner_alone(browse, cast, session):
    path = f"/media/{ready_media(session, cast.zofia).id}/original"

    answer = browse(cast.zofia).fetch(path)
    assert answer.data == a_photo()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for person in (cast.amir, cast.olga, cast.lea, cast.ada, cast.hanna, cast.noe):
        assert browse(person).fetch(path).status_code == 404


@pytest.mark.parametrize(
    ("kind", "mimetype"),
    [("feed", "image/jpeg"), ("preview", "image/webp"), ("thumbnail", "image/webp")],
)
def test_a_rendition_says_what_it_is_and_nothing_else(browse, cast, session, kind, mimetype):
    media = ready_media(session, cast.zofia)

    answer = browse(cast.zofia).fetch(f"/media/{media.id}/{kind}")

    assert answer.mimetype == mimetype
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert answer.cache_control.private
    with Image.open(BytesIO(answer.data)) as picture:
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)


def test_a_browser_keeps_a_file_and_still_asks_each_time(browse, cast, session):
    path = f"/media/{a_submitted_post(session, cast).pictures[0].media_id}/feed"
    amir = browse(cast.amir)
    tag = amir.fetch(path).headers["ETag"]

    again = amir.fetch(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.cache_control.no_cache
    stranger = browse(cast.stranger).client
    assert stranger.get(path, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("path", ["/media/9/feed", "/media/1/original.jpg", "/media/1/raw"])
def test_what_is_not_there_is_not_there(browse, cast, session, path):
    ready_media(session, cast.zofia)

    assert browse(cast.zofia).fetch(path).status_code == 404


def test_a_number_larger_than_any_database_has_is_not_there(browse, cast):
    assert browse(cast.zofia).fetch(f"/media/{10**30}/feed").status_code == 404


def test_a_file_that_the_store_has_lost_is_not_there(browse, cast, session):
    media = ready_media(session, cast.zofia, text="lost")
    open_store(settings().media_url).delete(media.renditions[0].key)
    kind = media.renditions[0].kind.value

    assert browse(cast.zofia).fetch(f"/media/{media.id}/{kind}").status_code == 404
