"""Giving Instagram the approved bytes, as they are. Nobody sees them before they are published.

The requests are instagrapi 3.2.2's, header for header; the library's own would shrink and encode a
photo again, read a clip into memory twice, and choose the names of uploads itself.
"""

import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, BinaryIO
from uuid import uuid4

import av
from instagrapi import exceptions as theirs
from PIL import Image
from requests import Response

from takeover.instagram.private.client import GatedClient
from takeover.instagram.private.gate import INSTAGRAM
from takeover.instagram.publisher import Kind, Outgoing, Photo, TheirsForGood, Video
from takeover.instagram.publisher import Reason as Why

_RETRIES = '{"num_step_auto_retry":0,"num_reupload":0,"num_step_manual_retry":0}'
_SEGMENT = {"Segment-Start-Offset": "0", "Segment-Type": "3"}


@dataclass(frozen=True, slots=True)
class Shape:
    """In pixels, and seconds; a photo lasts none. The publishing request tells it once more."""

    width: int
    height: int
    duration: float = 0.0

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def shape_of(item: Photo | Video) -> Shape:
    """Raises TheirsForGood for what is neither a JPEG nor an MP4."""
    try:
        return _shape_of_clip(item.mp4) if isinstance(item, Video) else _shape_of_photo(item.jpeg)
    except (OSError, ValueError, SyntaxError, IndexError, av.FFmpegError):
        raise TheirsForGood("neither a JPEG nor an MP4", reason=Why.FORMAT) from None


def upload(
    client: GatedClient, outgoing: Outgoing, position: int, *, upload_id: str, shape: Shape
) -> None:
    """Raises what instagrapi and requests raise."""
    item = outgoing.items[position]
    if isinstance(item, Photo):
        _upload_photo(client, item.jpeg, upload_id)
        return
    if outgoing.kind is Kind.REEL:
        _upload_reel(client, item.mp4, upload_id, shape)
    else:
        _upload_clip(client, item.mp4, upload_id, shape, kind=outgoing.kind)
    if outgoing.kind is not Kind.STORY:  # which is never seen before it plays
        _upload_photo(client, item.cover, upload_id)


def _upload_photo(client: GatedClient, jpeg: bytes, upload_id: str) -> None:
    name = _name(upload_id)
    compression = {"lib_name": "moz", "lib_version": "3.1.m", "quality": "80"}
    told = {
        "retry_context": _RETRIES,
        "media_type": "1",
        "xsharing_user_ids": "[]",
        "upload_id": upload_id,
        "image_compression": json.dumps(compression),
    }
    headers = {
        "Accept-Encoding": "gzip",
        "X-Instagram-Rupload-Params": json.dumps(told),
        "X_FB_PHOTO_WATERFALL_ID": str(uuid4()),
        "X-Entity-Type": "image/jpeg",
        **_body(name, len(jpeg)),
    }
    answer = client.private.post(
        f"{INSTAGRAM}/rupload_igphoto/{name}", data=jpeg, headers=client.private_headers(headers)
    )
    _check(answer, theirs.PhotoNotUpload)


def _upload_clip(
    client: GatedClient, mp4: BinaryIO, upload_id: str, shape: Shape, *, kind: Kind
) -> None:
    told = {
        "retry_context": _RETRIES,
        "media_type": "2",
        "xsharing_user_ids": json.dumps([client.user_id]),
        "upload_id": upload_id,
        **_measures(shape),
    }
    if kind is Kind.CAROUSEL:
        told["is_sidecar"] = "1"
    else:
        told |= {"extract_cover_frame": "1", "content_tags": "has-overlay", "for_album": "1"}
    headers = {
        "Accept-Encoding": "gzip, deflate",
        "X-Instagram-Rupload-Params": json.dumps(told),
        "X_FB_VIDEO_WATERFALL_ID": str(uuid4()),
        **(_SEGMENT if kind is Kind.CAROUSEL else {}),
    }
    _send_clip(client, mp4, _name(upload_id), headers, theirs.VideoNotUpload)


def _upload_reel(client: GatedClient, mp4: BinaryIO, upload_id: str, shape: Shape) -> None:
    length = _length(mp4)
    composer, asset = str(uuid4()), uuid4().hex[:12].upper()
    _announce_reel(client, shape, length, composer=composer, asset=asset)
    told = {
        "provenance_metadata": json.dumps({"origin": ["EXTERNAL"]}),
        "share_type": "reels",
        "debug_segment_id": "0",
        "extract_cover_frame": "1",
        "upload_engine_config_enum": "0",
        "xsharing_user_ids": "[]",
        "stella_data": "{}",
        "is_clips_video": "1",
        "is_optimistic_upload": "true",
        "content_tags": "use_default_cover",
        "upload_id": upload_id,
        "retry_context": _RETRIES,
        "session_id": upload_id,
        "media_type": "2",
        **_measures(shape),
    }
    headers = {
        "Accept-Encoding": "gzip",
        "X-Instagram-Rupload-Params": json.dumps(told),
        "X_FB_VIDEO_WATERFALL_ID": f"{composer}_{asset}_Mixed_0",
        "X-Entity-Type": "video/mp4",
        **_SEGMENT,
    }
    name = f"{uuid4().hex}-0-{length}-{upload_id}-{upload_id}"
    _send_clip(client, mp4, name, headers, theirs.ClipNotUpload)


def _announce_reel(
    client: GatedClient, shape: Shape, length: int, *, composer: str, asset: str
) -> None:
    """The app describes a reel before it sends it."""
    milliseconds = int(shape.duration * 1000)
    settings = {
        "composer_session_id": composer,
        "upload_setting_properties": {
            "upload_settings_version": "v0.1",
            "codec": {},
            "context": {
                "source_attribution": None,
                "enable_video_dimension_upscale": False,
                "source_type": "clips",
                "quality": "",
                "target_id": int(client.user_id),
            },
            "video": {
                "video_height": shape.height,
                "video_gop_size_sec": 0,
                "video_rotation_angle": 0,
                "video_width": shape.width,
                "source_video_codec": None,
                "video_partial_frame_size_bytes": 0,
                "asset_id": asset,
                "video_key_frame_size_bytes": 0,
                "target_duration": int(shape.duration),
                "video_original_file_size": length,
                "video_duration_milliseconds": milliseconds,
                "audio_bit_rate_bps": -1,
                "video_bit_rate_bps": 0,
                "audio_codec_type": None,
                "video_fps": 30,
            },
            "creative_tools": {"transmuxing_eligible": False, "transcoding_required": True},
            "network": {
                "download_latency_connection_quality": "ig_dummy",
                "network_connection_name": "ig_dummy",
                "download_bandwidth_connection_quality": "ig_dummy",
            },
        },
        "preview_spec": {
            "spec_version": 1,
            "video_dur_ms": milliseconds,
            "audio_dur_ms": milliseconds,
        },
    }
    body = json.dumps(settings).encode()
    headers = {
        "Accept-Encoding": "gzip",
        "X-Entity-Type": "application/json",
        "X_FB_VIDEO_WATERFALL_ID": f"{composer}_settings",
        **_body("upload_settings", len(body)),
        "Content-Type": "application/json",
    }
    answer = client.private.post(
        f"{INSTAGRAM}/upload_settings/{composer}",
        data=body,
        headers=client.private_headers(headers),
    )
    _check(answer, theirs.ClipNotUpload)


def _send_clip(
    client: GatedClient,
    mp4: BinaryIO,
    name: str,
    headers: Mapping[str, str],
    failure: type[theirs.ClientError],
) -> None:
    """Asks how much has arrived, as the app does, and sends all of it whatever the answer."""
    address, given = f"{INSTAGRAM}/rupload_igvideo/{name}", client.private_headers(headers)
    _check(client.private.get(address, headers=given), failure)
    length = _length(mp4)
    mp4.seek(0)
    whole = given | _body(name, length) | {"X-Entity-Type": "video/mp4"}
    _check(client.private.post(address, data=mp4, headers=whole), failure)


def _check(answer: Response, failure: type[theirs.ClientError]) -> None:
    if answer.status_code != HTTPStatus.OK:
        raise failure(answer.text, response=answer)


def _name(upload_id: str) -> str:
    return f"{upload_id}_0_{1_000_000_000 + secrets.randbelow(9_000_000_000)}"


def _body(name: str, length: int) -> dict[str, str]:
    return {
        "Offset": "0",
        "X-Entity-Name": name,
        "X-Entity-Length": str(length),
        "Content-Type": "application/octet-stream",
        "Content-Length": str(length),
    }


def _measures(shape: Shape) -> dict[str, str]:
    return {
        "upload_media_duration_ms": str(int(shape.duration * 1000)),
        "upload_media_width": str(shape.width),
        "upload_media_height": str(shape.height),
    }


def _length(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)


def _shape_of_photo(jpeg: bytes) -> Shape:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        if image.format != "JPEG":  # several pictures in one file
            raise ValueError
        return Shape(*image.size)


def _shape_of_clip(mp4: BinaryIO) -> Shape:
    mp4.seek(0)
    with av.open(mp4, "r", format="mov") as container:
        picture = container.streams.video[0].codec_context
        seconds = float(container.duration or 0) / av.time_base
        return Shape(picture.width, picture.height, seconds)
