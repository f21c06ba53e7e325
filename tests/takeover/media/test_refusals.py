"""What is wrong with a file is kept; each reader has it said in their own language."""

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.i18n import in_language_of
from takeover.media.changing import refuse
from takeover.media.models import Media, MediaState
from takeover.media.reasons import named
from takeover.media.recognising import Format
from takeover.media.refusals import Incomplete, Refused, TooHeavy, TooLong, TooSmall
from takeover.media.videos.refusals import ClipTooHeavy, ClipTooShort, WrongCodec

PLAIN = str(Refused())
SOME = [
    Refused(),
    Incomplete(),
    TooHeavy(size=50_000_000, most=40_000_000),
    TooLong(width=4000, height=100, most=10.0),
    ClipTooShort(seconds=0.25, least=0.5),
    WrongCodec(codec="theora"),
]


@pytest.fixture
def media(cast, session) -> Media:
    media = Media(
        owner_id=cast.zofia.id, state=MediaState.RECEIVED, original_key="k", bytes=1,
        received_at=now(),
    )  # fmt: skip
    session.add(media)
    session.flush()
    return media


def read_again(session) -> Media:
    session.commit()
    session.expire_all()
    return session.scalars(select(Media)).one()


@pytest.mark.parametrize("why", SOME, ids=lambda why: type(why).__name__)
def test_it_is_said_to_each_reader_in_their_language(media, session, why):
    refuse(media, why, at=now())

    kept = read_again(session)

    assert kept.state is MediaState.REFUSED
    for language in ("en", "fr"):
        with in_language_of(language):
            assert kept.refusal == str(why)


def test_its_numbers_are_kept_and_its_words_are_not(media, session):
    refuse(media, TooSmall(width=200, height=150, least=160), at=now())

    kept = read_again(session)

    with in_language_of("en"):
        english = kept.refusal
    with in_language_of("fr"):
        french = kept.refusal
    assert english != french
    for said in (english, french):
        assert "200" in said
        assert "150" in said


def test_a_sentence_of_long_ago_stays_as_it_was_said(media, session):
    media.refused_as = "Ce fichier est vide."
    media.move(MediaState.REFUSED, by=None, at=now())

    kept = read_again(session)

    for language in ("en", "fr"):
        with in_language_of(language):
            assert kept.refusal == "Ce fichier est vide."


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("FromAnotherVersion", {}),
        ("TooSmall", {"width": 1}),
        ("TooSmall", {"width": "wide", "height": 1, "least": 1}),
        ("TooLong", {"width": 1, "height": 0, "most": 1}),
        ("WrongCodec", {"codec": "half of a letter: \ud800"}),
    ],
)
def test_what_another_version_refused_is_refused_all_the_same(media, session, name, facts):
    media.refused_as, media.refusal_facts = name, facts
    media.move(MediaState.REFUSED, by=None, at=now())

    assert read_again(session).refusal == PLAIN


def test_what_is_not_refused_says_nothing(media, session):
    assert read_again(session).refusal == ""


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_numbers_that_no_row_can_keep_are_no_refusal(number):
    """A child that a file has taken over may say anything."""
    for name in ("TooHeavy", "WrongCodec"):
        facts = {"codec": number} if name == "WrongCodec" else {"size": number, "most": 1}
        with pytest.raises((ValueError, ArithmeticError)):
            named(name, facts)


@pytest.mark.parametrize("codec", ["\ud800", "a\0b"])
def test_words_that_no_page_and_no_row_can_keep_are_no_refusal(codec):
    with pytest.raises(ValueError):  # noqa: PT011  # which one is nobody's business
        named("WrongCodec", {"codec": codec})


def test_nobody_is_asked_to_save_a_video_smaller_as_if_it_were_a_picture():
    for form in (Format.MP4, Format.MOV):
        with pytest.raises(ClipTooHeavy):
            form.check_size(1_000_000_001)
    with pytest.raises(TooHeavy):
        Format.JPEG.check_size(40_000_001)
