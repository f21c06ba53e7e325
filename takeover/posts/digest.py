"""What an approval is bound to: one digest of media, caption and alt text."""

import hashlib
import json

from takeover.media.models import RenditionKind
from takeover.posts.models import Post


def digest_of(post: Post) -> str:
    """SHA-256, hexadecimal, over all that would be published. Media must be ready."""
    content = {
        "caption": post.caption,
        "pictures": [
            {"sha256": p.media.rendition(RenditionKind.FEED).sha256, "alt_text": p.alt_text}
            for p in post.pictures
        ],
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
