"""The company of the demo: believable, and made by nothing but the verbs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.models import Review
from rota.models import Nomination, NominationState
from takeover.audit import AuditEntry
from takeover.db import Model
from takeover.demo.company import Told
from takeover.demo.filling import CAST, fill
from takeover.demo.stories import PHOTOS, developed
from takeover.instagram.models import SandboxPost
from takeover.media.store import open_store
from takeover.people.models import Person
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme
from takeover.web import settings
from takeover.weeks.models import Week
from tests.cast import NOW, THIS_MONDAY

SIX_MEGABYTES = 6 * 1024 * 1024


def every_row(session: Session) -> dict[str, list[Any]]:
    rows = {
        name: sorted(map(repr, session.execute(select(table)).all()))
        for name, table in Model.metadata.tables.items()
    }
    session.rollback()
    return rows


def test_the_company_has_people_of_many_countries_and_jobs(session: Session) -> None:
    people = list(session.scalars(select(Person)))
    assert len({person.country for person in people}) >= 10
    assert len({person.job for person in people}) >= 8
    ambassadors = {character.country for character in CAST if character.week is not None}
    assert len(ambassadors) >= 8


def test_twelve_weeks_of_which_this_one_is_free(session: Session) -> None:
    given = {(week.starts_on - THIS_MONDAY).days // 7 for week in session.scalars(select(Week))}
    assert given <= set(range(-5, 7))
    assert len(given) == 10
    assert 0 not in given


def test_there_is_a_nomination_in_every_state(session: Session) -> None:
    assert set(session.scalars(select(Nomination.state))) == set(NominationState)


def test_what_is_published_went_out_in_its_authors_week_with_their_consent(
    session: Session,
) -> None:
    published = list(session.scalars(select(Post).where(Post.state == PostState.PUBLISHED)))
    assert len(published) == 10
    for post in published:
        assert post.published_at is not None
        assert post.week.has(post.published_at)
        assert post.week.consent.given_at < post.week.given_at < post.published_at
        assert post.approved_by_id not in (None, post.author_id)


def test_the_account_holds_what_was_published_and_nothing_else(session: Session) -> None:
    published = session.execute(
        select(Post.caption, Post.published_at).where(Post.state == PostState.PUBLISHED)
    )
    on_account = session.execute(select(SandboxPost.caption, SandboxPost.published_at))
    assert sorted(map(tuple, on_account)) == sorted(map(tuple, published))


def test_posts_wait_in_the_queue_and_one_was_sent_back(session: Session) -> None:
    counted = session.execute(select(Post.state, func.count()).group_by(Post.state))
    states = {state: count for state, count in counted}  # noqa: C416  # rows are no pairs to mypy
    expected = {
        PostState.PUBLISHED: _told(Told.PUBLISHED),
        PostState.APPROVED: _told(Told.APPROVED),
        PostState.SUBMITTED: _told(Told.SUBMITTED),
        PostState.CHANGES_REQUESTED: _told(Told.SENT_BACK),
    }
    assert states == expected
    assert min(expected.values()) >= 1
    assert session.scalar(select(func.count()).select_from(Review)) == 13


def _told(told: Told) -> int:
    return sum(shot.told is told for character in CAST for shot in character.shots)


def test_all_of_it_happened_before_now_and_in_order(session: Session) -> None:
    instants = list(session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)))
    assert instants == sorted(instants)
    assert NOW - timedelta(days=120) < instants[0] <= instants[-1] <= NOW


def test_a_post_goes_out_as_soon_as_it_is_approved(session: Session) -> None:
    assert session.scalars(select(Programme)).one().slot_times == []


def test_filling_once_more_changes_nothing(filled: Flask, session: Session) -> None:
    before = every_row(session)
    assert fill(open_store(settings().media_url), at=NOW + timedelta(days=3)) is False
    assert every_row(session) == before


@pytest.mark.parametrize("photo", sorted(PHOTOS.glob("*.jpg")), ids=lambda path: path.stem)
def test_no_photo_tells_where_or_by_what_it_was_taken(photo: Path) -> None:
    with Image.open(photo) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


def test_every_photo_is_used_attributed_and_small() -> None:
    names = {path.name for path in PHOTOS.glob("*.*") if path.suffix != ".md"}
    attribution = (PHOTOS / "ATTRIBUTION.md").read_text()
    shots = [shot for character in CAST for shot in character.shots]
    assert names == {name for shot in shots for name in (shot.photo, *dict(shot.also))}
    for name in names:
        assert f"`{name}`" in attribution
    for word in attribution.split("`"):
        if word.endswith(".txt"):
            assert (PHOTOS / "LICENSES" / word).is_file(), word
    assert sum(path.stat().st_size for path in PHOTOS.glob("*.jpg")) < SIX_MEGABYTES


def test_each_photo_is_prepared_once_however_often_it_is_used() -> None:
    name = CAST[0].shots[0].photo
    assert developed(name) is developed(name)
