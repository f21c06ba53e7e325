"""The preparation of a clip: from what a phone sent to what Instagram takes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

from takeover.media.recipe import Recipe
from takeover.media.videos.complying import complies
from takeover.media.videos.covering import cover_of
from takeover.media.videos.encoding import Encoder
from takeover.media.videos.opening import Clip, opened, refusing_the_unreadable
from takeover.media.videos.pacing import Beat
from takeover.media.videos.picturing import Darkroom
from takeover.media.videos.planning import Plan, plan_for
from takeover.media.videos.probing import Facts, facts_of
from takeover.media.videos.reading import frames
from takeover.media.videos.refusals import ClipIncomplete
from takeover.media.videos.remuxing import remux
from takeover.media.videos.sound import RATE, Sound

_OFTEN = 8  # frames between two reports: half a second of the slowest work
_ALMOST = 0.97  # of the work, when all but the cover is done


class Made(StrEnum):
    """How a published clip came about."""

    REMUXED = "remuxed"
    """It complied; its packets are the source's."""
    ENCODED = "encoded"


@dataclass(frozen=True)
class Prepared:
    """A clip made ready. `width` and `height` in pixels, `duration` in seconds, as published."""

    facts: Facts
    made: Made
    repeats: int
    """How often a very short clip is shown; 1 for all others."""
    width: int
    height: int
    duration: float
    has_audio: bool
    padded: bool
    enlarged: bool
    cover: Image.Image
    """RGB in sRGB, upright, a frame as it is published."""
    whole: Image.Image | None
    """The same frame without crop and borders, where there are some."""


def prepare(
    source: BinaryIO, *, video: BinaryIO, recipe: Recipe, report: Callable[[float], None]
) -> Prepared:
    """Write the MP4 into `video`, which is open for reading and writing and is emptied first.

    `report` gets the part that is done, 0 ... 1, several times a second. Raises `Refused`,
    whatever is wrong with the bytes; `video` is then of no use.
    """
    with refusing_the_unreadable():
        with opened(source) as clip:
            facts = facts_of(clip)
            plan = plan_for(clip, facts=facts, recipe=recipe)
            report(0.0)
            as_it_is = complies(clip, facts=facts, plan=plan)

        def partly(done: float) -> None:
            report(done * _ALMOST)

        if as_it_is:
            remux(source, video=video, frames=facts.frames, report=partly)
        else:
            _encode(source, video=video, facts=facts, plan=plan, report=partly)
        cover = cover_of(source, facts=facts, plan=plan, recipe=recipe)
        report(1.0)
    width, height = plan.frame.canvas
    return Prepared(
        facts,
        Made.REMUXED if as_it_is else Made.ENCODED,
        plan.repeats,
        width,
        height,
        plan.seconds,
        has_audio=facts.has_audio,
        padded=plan.frame.padded,
        enlarged=plan.frame.enlarged,
        cover=cover.picture,
        whole=cover.whole,
    )


def _encode(
    source: BinaryIO, *, video: BinaryIO, facts: Facts, plan: Plan, report: Callable[[float], None]
) -> None:
    with Encoder(
        video, size=plan.frame.canvas, rate=plan.rate, seconds=plan.seconds, layout=plan.layout
    ) as encoder:
        for time in range(plan.repeats):
            with opened(source) as clip:
                once = _Once(clip, encoder, facts, plan)
                once.run(lambda done, time=time: report((time + done) / plan.repeats))  # type: ignore[misc]


class _Once:
    """One showing of the clip, from its first frame to its last."""

    def __init__(self, clip: Clip, encoder: Encoder, facts: Facts, plan: Plan) -> None:
        self._clip, self._encoder, self._plan = clip, encoder, plan
        self._room = Darkroom(plan.frame, plan.matrix, facts.colours)
        self._beat = Beat(plan.rate, plan.count)
        samples = round(plan.count / plan.rate * RATE)
        self._sound = Sound(plan.layout, samples) if plan.layout else None
        self._developed: tuple[VideoFrame, VideoFrame] | None = None
        self._shown, self._until = 0, 0.0

    def run(self, report: Callable[[float], None]) -> None:
        for seconds, frame in frames(self._clip, start=self._plan.start):
            at = seconds - self._plan.start
            if isinstance(frame, AudioFrame):
                self._play(frame, at)
            else:
                self._until = at + _length(frame)
                for due in self._beat.take(frame, at):
                    self._show(due)
                    if self._shown % _OFTEN == 0:
                        report(self._shown / self._plan.count)
            if self._beat.is_full and (self._sound is None or self._sound.is_full):
                break
        self._end()
        report(1.0)

    def _play(self, frame: AudioFrame, at: float) -> None:
        for piece in self._sound.take(frame, at) if self._sound else ():
            self._encoder.play(piece)

    def _show(self, frame: VideoFrame) -> None:
        """A frame that is held for several beats is developed once."""
        if self._developed is None or self._developed[0] is not frame:
            self._developed = (frame, self._room.develop(frame))
        self._encoder.show(self._developed[1])
        self._shown += 1

    def _end(self) -> None:
        """Raises ClipIncomplete where much of what the header promised did not come."""
        wanted = self._plan.end - self._plan.start
        if not self._beat.is_full and self._until < wanted * 0.9 - 0.5:
            raise ClipIncomplete
        for due in self._beat.end():
            self._show(due)
        if not self._shown:
            raise ClipIncomplete
        for piece in self._sound.end() if self._sound else ():
            self._encoder.play(piece)


def _length(frame: VideoFrame) -> float:
    return float((frame.duration or 0) * (frame.time_base or 0))
