"""Posts, people and comments as the app sees them."""

import json
from typing import Any

from flask import request

from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.posts import Comment, Item, Photo, Post, Video

_PRODUCTS = {
    Kind.PHOTO: "feed",
    Kind.CAROUSEL: "carousel_container",
    Kind.REEL: "clips",
    Kind.STORY: "story",
}
_PHOTO, _VIDEO, _ALBUM = 1, 2, 8


def user(account: Account) -> dict[str, Any]:
    return {
        "pk": account.pk,
        "username": account.username,
        "full_name": account.full_name,
        "is_private": False,
        "is_verified": True,
        "profile_pic_url": "https://www.instagram.com/static/rehearsal.jpg",
    }


def media(account: Account, post: Post) -> dict[str, Any]:
    """A post. `device_timestamp` is the upload's id: all it is found by."""
    first = post.items[0]
    album = post.kind is Kind.CAROUSEL
    return {
        "pk": post.pk,
        "id": f"{post.pk}_{account.pk}",
        "code": post.code,
        "taken_at": int(post.taken_at.timestamp()),
        "device_timestamp": int(post.upload_id) if post.upload_id.isdigit() else post.upload_id,
        "media_type": _ALBUM if album else _type_of(first),
        "product_type": _PRODUCTS[post.kind],
        "user": user(account),
        "caption": {"text": post.caption} if post.caption else None,
        "accessibility_caption": post.alt_text,
        "like_count": 0,
        "comment_count": len(post.comments),
        "comments_disabled": not post.comments_enabled,
        "location": _location(post),
        **({"carousel_media": _children(account, post)} if album else _picture(post, 0)),
    }


def comment(account: Account, made: Comment, post: Post) -> dict[str, Any]:
    return {
        "pk": made.id,
        "text": made.text,
        "user": user(account),
        "created_at": int(made.at.timestamp()),
        "created_at_utc": int(made.at.timestamp()),
        "content_type": "comment",
        "status": "Active",
        "media_id": post.pk,
        "type": 0,
    }


def _children(account: Account, post: Post) -> list[dict[str, Any]]:
    return [
        {
            "pk": f"{post.pk}{position:02}",
            "id": f"{post.pk}{position:02}_{account.pk}",
            "media_type": _type_of(item),
            "accessibility_caption": item.alt_text,
            **_picture(post, position),
        }
        for position, item in enumerate(post.items)
    ]


def _picture(post: Post, position: int) -> dict[str, Any]:
    item = post.items[position]
    # The Host header says i.instagram.com; the picture is here.
    here = "http://{SERVER_NAME}:{SERVER_PORT}".format_map(request.environ)
    base = f"{here}/_rehearsal/media/{post.pk}/{position}"
    size = {"width": item.width, "height": item.height}
    if isinstance(item, Photo):
        return {"image_versions2": {"candidates": [{"url": f"{base}/photo.jpg", **size}]}}
    return {
        "image_versions2": {"candidates": [{"url": f"{base}/cover.jpg", **size}]},
        "video_versions": [{"url": f"{base}/clip.mp4", "type": 101, **size}],
        "video_duration": item.duration,
        "has_audio": True,
    }


def _type_of(item: Item) -> int:
    return _VIDEO if isinstance(item, Video) else _PHOTO


def _location(post: Post) -> dict[str, Any] | None:
    if not post.location:
        return None
    try:
        place = json.loads(post.location)
    except ValueError:
        place = post.location
    return place if isinstance(place, dict) else {"pk": 1, "name": str(place)}
