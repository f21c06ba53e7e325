"""What an approval is bound to: one digest of media, caption and alt text."""

import hashlib
import json
from typing import Any

from takeover.media.renditions import RenditionKind
from takeover.posts.models import Picture, Post, Surface


def digest_of(post: Post) -> str:
    """SHA-256, hexadecimal, over all that would be published. Media must be ready."""
    content: dict[str, Any] = {
        "caption": post.caption,
        "pictures": [
            {
                "sha256": picture.media.rendition(RenditionKind.FEED).sha256,
                "alt_text": picture.alt_text,
                **_cover(picture),
            }
            for picture in post.pictures
        ],
    }
    if post.surface is not Surface.FEED:
        content["surface"] = post.surface.value
    # What is as it mostly is leaves no trace: approvals given before there was a choice hold.
    extras = {
        "first_comment": post.first_comment,
        "comments_off": post.comments_off,
        "location": post.location_id,
    }
    content.update({name: value for name, value in extras.items() if value})
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _cover(picture: Picture) -> dict[str, str]:
    if not picture.media.is_video:
        return {}
    return {"cover": picture.media.rendition(RenditionKind.COVER).sha256}
