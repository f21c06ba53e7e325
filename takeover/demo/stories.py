"""One person's way through the programme, each step by its own verb at its own instant."""

import atexit
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from briefs.sending import briefs_of, say_read
from moderation.reviewing import approve, request_changes
from rota.answering import accept, consent_words, consents_of, decline, step_down
from rota.inviting import invite
from rota.models import Nomination
from rota.nominating import nominate, withdraw_nomination
from rota.planning import give
from takeover.demo.company import Answer, Character, Shot, Told
from takeover.demo.ground import Ground
from takeover.media import confining
from takeover.media.intake import take_in
from takeover.media.keeping import put_away, record
from takeover.media.made import Made
from takeover.media.models import Media, MediaState
from takeover.media.recipe import Recipe
from takeover.media.recognising import HEAD, recognise
from takeover.people.models import Person, Role
from takeover.posts.digest import digest_of
from takeover.posts.drafting import draft, edit, submit
from takeover.posts.models import Post
from takeover.posts.shaping import settle
from takeover.web import settings
from takeover.weeks.models import Week

PHOTOS = Path(__file__).parent / "photos"

# How long things take in this company.
UNTIL_INVITED = timedelta(days=1, hours=2)
UNTIL_ANSWERED = timedelta(days=3, hours=7)
UNTIL_GIVEN = timedelta(days=5, hours=1)
UNTIL_READ = timedelta(days=5, hours=9)
UNTIL_APPROVED = timedelta(minutes=14)

Moment = tuple[datetime, Callable[[datetime], None]]


class Story:
    """One person's way, as moments that take their turn among everybody else's."""

    nomination: Nomination
    week: Week

    def __init__(self, ground: Ground, who: Character, number: int) -> None:
        self.ground = ground
        self.session = ground.session
        self.who = who
        self.number = number
        self.posts: dict[str, Post] = {}

    @property
    def starts_on(self) -> date:
        return self.ground.this_monday + timedelta(weeks=self.who.week or 0)

    @property
    def person(self) -> Person:
        return self.nomination.person

    def moments(self) -> Iterator[Moment]:
        began = self._began()
        answer = self.who.answer
        yield began, self._nominate
        if answer is Answer.WITHDRAWN:
            yield began + UNTIL_GIVEN, self._withdraw
        if answer in (Answer.NOMINATED, Answer.WITHDRAWN):
            return
        yield began + UNTIL_INVITED, self._invite
        if answer is Answer.INVITED:
            return
        yield began + UNTIL_ANSWERED, self._refuse if answer is Answer.NO else self._agree
        if answer is Answer.STEPPED_DOWN:
            yield began + UNTIL_READ, self._step_down
        if self.who.week is not None:
            yield began + UNTIL_GIVEN, self._give
            yield began + UNTIL_READ, self._read
            yield from self._moments_of_posts()

    def _began(self) -> datetime:
        """In working hours: five weeks before the week, but a fortnight ago at the latest."""
        day = min(
            self.starts_on - timedelta(weeks=5),
            self.ground.at.date() - timedelta(days=14 + self.number % 5),
        )
        if self.who.answer in (Answer.NOMINATED, Answer.INVITED):
            day = self.ground.at.date() - timedelta(days=2 + self.number % 3)
        day -= timedelta(days=max(0, day.weekday() - 4))
        return self._on_the_clock(day, 9, 5 + self.number * 17)

    def _moments_of_posts(self) -> Iterator[Moment]:
        for shot in self.who.shots:
            sent = self._sent(shot)
            yield sent, self._by(self._submit, shot)
            if shot.wish:
                sent += UNTIL_APPROVED
                yield sent, self._by(self._send_back, shot)
            if shot.wish and shot.told is not Told.SENT_BACK:
                sent += timedelta(minutes=40)
                yield sent, self._by(self._send_again, shot)
            if shot.told in (Told.PUBLISHED, Told.APPROVED):
                sent += UNTIL_APPROVED
                yield sent, self._by(self._approve, shot)
            if shot.told is Told.PUBLISHED:
                yield sent + timedelta(seconds=2), self._by(self._publish, shot)

    def _sent(self, shot: Shot) -> datetime:
        if self.starts_on >= self.ground.this_monday:
            return self.ground.at - timedelta(hours=shot.hours_ago)
        hour, _, minute = shot.time.partition(":")
        return self._on_the_clock(self.starts_on + timedelta(days=shot.day), int(hour), int(minute))

    def _on_the_clock(self, day: date, hour: int, minute: int) -> datetime:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.ground.programme.zone)
        return midnight + timedelta(hours=hour, minutes=minute)

    @staticmethod
    def _by(happen: Callable[[Shot, datetime], None], shot: Shot) -> Callable[[datetime], None]:
        return lambda at: happen(shot, at)

    def _nominate(self, at: datetime) -> None:
        who = self.who
        self.nomination = nominate(
            self.ground.programme,
            session=self.session,
            name=who.name,
            email=who.email,
            country=who.country,
            job=who.job,
            workplace=who.workplace,
            language=who.language,
            reason=who.reason,
            by=self.ground.nominator_for(who.country),
            at=at,
        )
        self.person.timezone = who.timezone

    def _withdraw(self, at: datetime) -> None:
        withdraw_nomination(self.nomination, by=self.nomination.by, at=at)

    def _invite(self, at: datetime) -> None:
        invite(self.nomination, session=self.session, by=self.ground.one(Role.LEAD), at=at)

    def _refuse(self, at: datetime) -> None:
        decline(self.nomination, at=at)

    def _agree(self, at: datetime) -> None:
        language = self.who.language
        words = consent_words(self.ground.programme, language)
        accept(self.nomination, session=self.session, words=words, language=language, at=at)

    def _step_down(self, at: datetime) -> None:
        self.session.flush()
        for consent, _ in consents_of(self.session, self.person):
            step_down(consent, session=self.session, by=self.person, at=at)

    def _give(self, at: datetime) -> None:
        self.week = give(
            self.ground.programme,
            self.person,
            session=self.session,
            starts_on=self.starts_on,
            by=self.ground.one(Role.LEAD),
            at=at,
        )

    def _read(self, at: datetime) -> None:
        for brief in briefs_of(self.session, [self.week]).values():
            say_read(brief, by=self.person, at=at)

    def _submit(self, shot: Shot, at: datetime) -> None:
        files = (shot.photo, *(name for name, _ in shot.also))
        media = {name: self._upload(name, at) for name in files}
        facts = {"by": self.person, "at": at, "caption": shot.first_caption or shot.caption}
        post = draft(
            self.week,
            *media.values(),
            session=self.session,
            alt_text=shot.alt_text,
            **facts,  # type: ignore[arg-type]
        )
        words = dict(zip(post.pictures[1:], (words for _, words in shot.also), strict=True))
        edit(post, **facts, alt_texts={one.id: text for one, text in words.items()})  # type: ignore[arg-type]
        settle(post, at=at)
        for name in files:
            self._make_ready(media[name], name, at)
        submit(post, by=self.person, at=at)
        self.posts[shot.photo] = post

    def _upload(self, name: str, at: datetime) -> Media:
        with (PHOTOS / name).open("rb") as file:
            media = take_in(
                file,
                spool=Path(settings().uploads_path),
                session=self.session,
                store=self.ground.store,
                by=self.person,
                at=at,
            )
        self._make_ready(media, name, at)
        return media

    def _make_ready(self, media: Media, name: str, at: datetime) -> None:
        if media.state is MediaState.RECEIVED:
            made, video = developed(name, media.recipe)
            with TemporaryDirectory() as folder:  # what the store takes is gone
                copy = Path(shutil.copy(video, folder))
                record(media, put_away(made, copy, store=self.ground.store))
            media.handed_out_at = at
            media.move(MediaState.READY, by=None, at=at)

    def _send_back(self, shot: Shot, at: datetime) -> None:
        post = self.posts[shot.photo]
        request_changes(
            post,
            session=self.session,
            digest_seen=digest_of(post),
            reason=shot.wish,
            by=self._approver(shot),
            at=at,
        )

    def _send_again(self, shot: Shot, at: datetime) -> None:
        post = self.posts[shot.photo]
        edit(post, by=self.person, at=at, caption=shot.caption)
        submit(post, by=self.person, at=at)

    def _approve(self, shot: Shot, at: datetime) -> None:
        post = self.posts[shot.photo]
        approve(
            post,
            session=self.session,
            digest_seen=digest_of(post),
            by=self._approver(shot),
            at=at,
        )

    def _publish(self, shot: Shot, at: datetime) -> None:
        self.session.flush()
        self.ground.publish(self.posts[shot.photo], at=at)

    def _approver(self, shot: Shot) -> Person:
        return self.ground.one(Role.APPROVER, self.who.shots.index(shot))


@cache
def developed(name: str, recipe: Recipe = Recipe()) -> tuple[Made, Path]:  # noqa: B008  # frozen
    """What the real pipeline makes of a file of the demo, done once; and the video, where it is
    one."""
    video = Path(mkdtemp()) / name
    atexit.register(shutil.rmtree, video.parent, ignore_errors=True)
    with (PHOTOS / name).open("rb") as file, video.open("w+b") as made_video:
        form = recognise(file.read(HEAD))
        file.seek(0)
        return confining.make(file, form, recipe, video=made_video), video
