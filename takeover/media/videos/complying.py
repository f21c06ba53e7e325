"""Whether a clip is already what we would make of it: then its packets are sent as they are."""

from dataclasses import dataclass, field

from av.audio.stream import AudioStream
from av.packet import Packet

from takeover.media.videos.atoms import UPRIGHT
from takeover.media.videos.encoding import MOST_BYTES, MOST_STORY_BYTES, STORY_SECONDS
from takeover.media.videos.opening import Clip
from takeover.media.videos.planning import Plan
from takeover.media.videos.probing import Facts
from takeover.media.videos.sound import CHUNK, RATE

MOST_BITS = 25_000_000
MOST_SOUND_BITS = 140_000
"""In a second. Instagram says 128 kbit/s; encoders that mean it are a little off."""

MOST_GOP_SECONDS = 10
_JITTER = 0.002  # seconds: clocks of milliseconds round
_BT709 = 1
_LIMITED = (0, 1)  # not told, and told


def complies(clip: Clip, *, facts: Facts, plan: Plan) -> bool:
    """Reads every packet, decodes none; `clip` is then at its end."""
    if not (_is_whole(clip, facts, plan) and _picture_suits(clip)):
        return False
    if clip.sound and not _sound_suits(clip.sound):
        return False
    walk = _Walk(float(1 / plan.rate))
    return walk.finds_nothing_wrong(clip)


def _is_whole(clip: Clip, facts: Facts, plan: Plan) -> bool:
    """Nothing is cut off, added, repeated, scaled or turned."""
    context, frame = clip.picture.codec_context, plan.frame
    return (
        clip.listed
        and clip.matrix == UPRIGHT
        and plan.repeats == 1
        and (plan.start, plan.end) == (0, facts.duration)
        and not frame.padded
        and (frame.part.width, frame.part.height) == (1, 1)
        and frame.canvas == (facts.width, facts.height) == (context.width, context.height)
        and facts.bytes <= (MOST_STORY_BYTES if facts.duration <= STORY_SECONDS else MOST_BYTES)
        and 23 <= facts.fps <= 60.1
    )


def _picture_suits(clip: Clip) -> bool:
    context = clip.picture.codec_context
    colours = (context.color_primaries, context.color_trc, context.colorspace)
    return (
        context.name == "h264"
        and context.profile == "High"
        and context.pix_fmt == "yuv420p"
        and context.color_range in _LIMITED
        and all(int(each) == _BT709 for each in colours)
        and int(context.field_order) in _LIMITED  # progressive
        and clip.picture.sample_aspect_ratio in (None, 0, 1)
        and (context.extradata or b"").startswith(b"\x01")  # avcC, as MP4 has it
    )


def _sound_suits(sound: AudioStream) -> bool:
    context = sound.codec_context
    return (
        context.name == "aac"
        and context.profile == "LC"
        and context.sample_rate == RATE
        and context.layout.nb_channels <= 2
    )


@dataclass
class _Walk:
    """Over all packets, with an eye on what only they can tell."""

    beat: float
    bytes: int = 0
    sound_bytes: int = 0
    shown: list[float] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    key_at: float = 0.0

    def finds_nothing_wrong(self, clip: Clip) -> bool:
        for packet in clip.container.demux([each for each in (clip.picture, clip.sound) if each]):
            if packet.size == 0:
                continue
            if packet.pts is None or packet.is_corrupt:
                return False
            if packet.stream is clip.sound:
                self.sound_bytes += packet.size
                self.heard.append(round(packet.pts * packet.time_base * RATE))
            elif not self._suits(packet):
                return False
        return self._is_steady() and self._is_in_step(clip) and self._is_light()

    def _suits(self, packet: Packet) -> bool:  # type: ignore[type-arg]
        """Closed groups: nothing behind a keyframe is shown before it."""
        at = float((packet.pts or 0) * packet.time_base)
        if packet.is_keyframe:
            self.key_at = at
        elif not self.shown or at < self.key_at or at - self.key_at > MOST_GOP_SECONDS:
            return False
        self.bytes += packet.size
        self.shown.append(at)
        return not packet.is_discard

    def _is_steady(self) -> bool:
        self.shown.sort()
        return all(
            abs(at - self.shown[0] - place * self.beat) <= _JITTER + at * 1e-5
            for place, at in enumerate(self.shown)
        )

    def _is_in_step(self, clip: Clip) -> bool:
        """Pictures and sound begin together (a packet more or less of sound can be left out)."""
        if not clip.sound:
            return True
        heard = [at for at in self.heard if at >= -CHUNK // 2]
        if not heard or abs(heard[0] - self.shown[0] * RATE) > CHUNK:
            return False
        return all(abs(at - heard[0] - place * CHUNK) <= 50 for place, at in enumerate(heard))

    def _is_light(self) -> bool:
        seconds = len(self.shown) * self.beat
        return (
            self.bytes * 8 <= MOST_BITS * seconds
            and self.sound_bytes * 8 <= MOST_SOUND_BITS * seconds + CHUNK * 64
        )
