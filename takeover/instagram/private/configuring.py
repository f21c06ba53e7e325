"""The one request of each kind of post that publishes what was uploaded: instagrapi's own."""

import json
from typing import Any

from takeover.instagram.private.client import COVERED, GatedClient
from takeover.instagram.private.planning import Plan, Upload
from takeover.instagram.publisher import Kind, Outgoing, Photo


def configure(client: GatedClient, outgoing: Outgoing, plan: Plan) -> None:
    """Raises what instagrapi raises; what it returns is of no use (see `answers`)."""
    first = plan.uploads[0]
    size, extra = (first.width, first.height), _extra(outgoing)
    match outgoing.kind:
        case Kind.PHOTO:
            client.photo_configure(first.id, *size, outgoing.caption, extra_data=extra)
        case Kind.CAROUSEL:
            children = [_child(outgoing, n, upload) for n, upload in enumerate(plan.uploads)]
            names = {"client_sidecar_id": plan.upload_id, "upload_id": plan.upload_id}
            client.album_configure(children, outgoing.caption, extra_data=extra | names)
        case Kind.REEL:
            client.clip_configure(
                first.id, COVERED, *size, first.duration, outgoing.caption, extra_data=extra
            )
        case Kind.STORY if isinstance(outgoing.items[0], Photo):
            client.photo_configure_to_story(first.id, *size, "", extra_data=extra)
        case Kind.STORY:
            client.video_configure_to_story(
                first.id, *size, first.duration, COVERED, "", extra_data=extra
            )


def _extra(outgoing: Outgoing) -> dict[str, Any]:
    """Of the whole post: a carousel's texts for the blind are its items'."""
    extra = {} if outgoing.kind is Kind.CAROUSEL else _described(outgoing.items[0].alt_text)
    if outgoing.location_id and outgoing.kind is not Kind.STORY:
        place = {
            "facebook_places_id": outgoing.location_id,
            "external_source": "facebook_places",
        }
        extra["location"] = json.dumps(place, separators=(",", ":"))
    return extra


def _child(outgoing: Outgoing, position: int, upload: Upload) -> dict[str, Any]:
    """As instagrapi's `album_upload` describes them."""
    item = outgoing.items[position]
    source = json.dumps({"source_width": upload.width, "source_height": upload.height})
    child = {"upload_id": upload.id, "extra": source, **_described(item.alt_text)}
    if isinstance(item, Photo):
        edits = {
            "crop_original_size": [upload.width, upload.height],
            "crop_center": [0.0, -0.0],
            "crop_zoom": 1.0,
        }
        return child | {
            "edits": json.dumps(edits),
            "scene_capture_type": "",
            "scene_type": None,
        }
    return child | {
        "clips": json.dumps([{"length": upload.duration, "source_type": "4"}]),
        "length": upload.duration,
        "poster_frame_index": "0",
        "filter_type": "0",
        "video_result": "",
        "audio_muted": "false",
    }


def _described(alt_text: str) -> dict[str, Any]:
    return {"custom_accessibility_caption": alt_text} if alt_text else {}
