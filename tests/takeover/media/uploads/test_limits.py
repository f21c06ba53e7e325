"""One phone does not fill the disk for everybody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.media.uploads.limits import MOST_AT_ONCE, MOST_FILES
from tests.takeover.media.uploads.speaking import a_file


@pytest.fixture
def quota(app, folder, monkeypatch):
    """Two megabytes in seven days."""
    small = replace(app.extensions["settings"], upload_quota_mb=2)
    monkeypatch.setitem(app.extensions, "settings", small)


def came(session, owner, *, days_ago, size=10, state=MediaState.REFUSED, count=1):
    for _ in range(count):
        session.add(
            Media(
                owner_id=owner.id,
                state=state,
                bytes=size,
                refused_as="No.",
                received_at=now() - timedelta(days=days_ago),
            )
        )
    session.commit()


def test_a_person_may_send_so_much_in_seven_days(tus, cast, session, quota):
    came(session, cast.zofia, days_ago=6, size=1_500_000)
    zofia = tus(cast.zofia)

    refused = zofia.create(600_000)

    assert refused.status_code == 413
    assert refused.text.startswith("You have sent 2 of 2 MB in seven days, and this file has 1.")
    assert zofia.create(500_000).status_code == 201
    assert zofia.create(1).status_code == 413


def test_a_person_is_told_in_their_language(tus, cast):
    cast.noe.language = "fr"

    answer = tus(cast.noe).create(1_200_000_000)

    assert (answer.status_code, answer.mimetype) == (413, "text/plain")
    assert "1200 Mo" in answer.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("days_ago", "state", "who"),
    [
        (8, MediaState.REFUSED, "zofia"),
        (1, MediaState.CANCELLED, "zofia"),
        (1, MediaState.REFUSED, "noe"),
    ],
)
def test_what_does_not_count(tus, cast, session, quota, days_ago, state, who):
    """What is long ago, what was stopped on its way, what somebody else sent."""
    came(session, getattr(cast, who), days_ago=days_ago, state=state, size=2_000_000)

    assert tus(cast.zofia).create(2_000_000).status_code == 201


def test_a_person_may_send_so_many_files(tus, cast, session):
    came(session, cast.zofia, days_ago=2, count=MOST_FILES - 1)
    zofia = tus(cast.zofia)
    zofia.send(a_file(10))

    refused = zofia.create(10)

    assert refused.status_code == 413
    assert "300 files" in refused.text


def test_only_so_many_are_under_way_at_once(tus, cast):
    zofia = tus(cast.zofia)
    paths = [zofia.begin(10) for _ in range(MOST_AT_ONCE)]

    refused = zofia.create(10)
    assert refused.status_code == 413
    assert refused.text.startswith("20 files are on their way already.")
    zofia.ask("DELETE", paths[0])
    assert zofia.create(10).status_code == 201


def test_what_is_here_as_a_whole_is_not_on_its_way_any_more(tus, cast, handed_out):
    """Though nobody has come to take it in: who waits for that is not the one who sends."""
    zofia = tus(cast.zofia)
    for seed in range(MOST_AT_ONCE):
        zofia.send(a_file(300, seed=seed))

    assert zofia.create(10).status_code == 201


def test_what_is_larger_than_any_photo_is_told_what_helps_with_a_video(tus, cast):
    refused = tus(cast.zofia).create(1_200_000_000)

    assert refused.text.startswith("This clip has 1200 MB; we can take up to")
    assert refused.text.endswith("Cut it shorter or record it in 1080p.")


def test_what_is_refused_leaves_nothing(tus, cast, session, quota, folder):
    tus(cast.zofia).create(3_000_000)

    assert session.scalars(select(Media)).all() == []
    assert list(folder.glob("*")) == []
