"""A clip that complies, packet by packet into a file that says nothing of where it came from."""

from collections.abc import Callable
from typing import BinaryIO

from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from takeover.media.videos.opening import Clip, opened
from takeover.media.videos.refusals import ClipUnreadable
from takeover.media.videos.sound import CHUNK, RATE
from takeover.media.videos.writing import mp4

_NO_PICTURE = {6, 12}  # units of H.264: supplemental information, filler
_OFTEN = 100  # packets between two reports


def remux(
    source: BinaryIO, *, video: BinaryIO, frames: int, report: Callable[[float], None]
) -> None:
    """`frames`: how many there are, for `report`. Raises `Refused`."""
    with opened(source) as clip, mp4(video, reordered=_is_reordered(clip)) as container:
        _copy(clip, container, lambda done: report(min(done / max(frames, 1), 1)))


def _is_reordered(clip: Clip) -> bool:
    return clip.picture.codec_context.has_b_frames


def _copy(clip: Clip, container: OutputContainer, report: Callable[[int], None]) -> None:
    picture = _twin(container, clip.picture)
    sound = _twin(container, clip.sound) if clip.sound else None
    container.start_encoding()
    length = _length_size(clip)
    begin = clip.picture.start_time or 0
    done = 0
    for packet in clip.container.demux([each for each in (clip.picture, clip.sound) if each]):
        if packet.size == 0:
            continue
        if packet.stream is clip.picture:
            container.mux_one(_without_sei(packet, length, begin, picture))
            done += 1
            if done % _OFTEN == 0:
                report(done)
        elif sound and _is_heard(packet, clip):
            _mux_sound(packet, sound, container)


def _twin(container: OutputContainer, stream: Stream) -> Stream:
    twin = container.add_stream_from_template(stream, opaque=True)
    twin.time_base = stream.time_base
    return twin


def _length_size(clip: Clip) -> int:
    """Bytes of the number before each unit of H.264. ISO 14496-15: the fifth byte of avcC."""
    head = clip.picture.codec_context.extradata or b""
    if len(head) < 7 or head[0] != 1:
        raise ClipUnreadable
    return (head[4] & 3) + 1


def _without_sei(packet: Packet, length: int, begin: int, picture: Stream) -> Packet:  # type: ignore[type-arg]
    """The packet, `begin` earlier, without what encoders and cameras write between the pictures."""
    data, at, kept = bytes(packet), 0, []
    while at + length < len(data):
        end = at + length + int.from_bytes(data[at : at + length], "big")
        if data[at + length] & 31 not in _NO_PICTURE:
            kept.append(data[at:end])
        at = end
    if at != len(data) or not kept:
        raise ClipUnreadable
    bare: Packet = Packet(b"".join(kept))  # type: ignore[type-arg]
    bare.stream, bare.time_base = picture, packet.time_base
    bare.pts, bare.dts = (packet.pts or 0) - begin, (packet.dts or 0) - begin
    bare.duration, bare.is_keyframe = packet.duration, packet.is_keyframe
    return bare


def _is_heard(packet: Packet, clip: Clip) -> bool:  # type: ignore[type-arg]
    """Neither what an encoder put before the beginning, nor what outlasts the pictures.

    Half a packet is 11 ms.
    """
    base = clip.picture.time_base or 0
    at = float((packet.pts or 0) * packet.time_base - (clip.picture.start_time or 0) * base)
    return -CHUNK / 2 / RATE <= at < float((clip.picture.duration or 0) * base)


def _mux_sound(packet: Packet, sound: Stream, container: OutputContainer) -> None:  # type: ignore[type-arg]
    packet.stream = sound
    container.mux_one(packet)
