"""Posts, comments, accounts and containers as the Graph API shows them."""

from datetime import datetime
from typing import Any

from flask import request

from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.account import Account, Standing
from takeover.instagram.rehearsal.behaviour import Behaviour
from takeover.instagram.rehearsal.containers import Container, Status
from takeover.instagram.rehearsal.posts import Comment, Item, Post, Video

_PRODUCTS = {Kind.REEL: "REELS", Kind.STORY: "STORY"}
_SAYS = {
    Status.IN_PROGRESS: "In Progress: Media is still being processed.",
    Status.FINISHED: "Finished: Media has been uploaded and it is ready to be published.",
    Status.EXPIRED: "Expired: Media was not published within 24 hours.",
    Status.PUBLISHED: "Published: Media has been successfully published.",
}


def media_node(account: Account, post: Post, behaviour: Behaviour) -> dict[str, Any]:
    """Every field there is. A story has no caption, and only photos tell their alt text."""
    here = request.host_url.rstrip("/")
    caption = post.caption.replace("@", "") if behaviour.hides_at else post.caption
    carousel = post.kind is Kind.CAROUSEL
    return {
        "id": post.media_id,
        "ig_id": str(post.pk),
        "permalink": here + post.path(account.username),
        "shortcode": post.code,
        "caption": caption or None,
        "media_type": "CAROUSEL_ALBUM" if carousel else _type_of(post.items[0]),
        "media_product_type": _PRODUCTS.get(post.kind, "FEED"),
        "timestamp": timestamp(post.taken_at),
        "username": account.username,
        "owner": {"id": account.ig_id},
        "media_url": _url(here, post, 0),
        "thumbnail_url": _url(here, post, 0, "cover.jpg") if post.has_video else None,
        "like_count": 0,
        "comments_count": len(post.comments),
        "is_comment_enabled": post.comments_enabled,
        "is_shared_to_feed": True if post.kind is Kind.REEL else None,
        "alt_text": None if carousel else post.alt_text or None,
        "children": {"data": [_child(here, post, n) for n in range(len(post.items))]}
        if carousel
        else None,
    }


def comment_node(comment: Comment, account: Account) -> dict[str, Any]:
    return {
        "id": comment.id,
        "text": comment.text,
        "timestamp": timestamp(comment.at),
        "username": comment.username,
        "from": {"id": account.ig_id, "username": comment.username},
        "like_count": 0,
        "hidden": comment.hidden,
    }


def account_node(account: Account) -> dict[str, Any]:
    posts = account.posts()
    return {
        "id": account.ig_id,
        "user_id": account.ig_id,
        "ig_id": account.pk,
        "username": account.username,
        "name": account.full_name,
        "account_type": str(account.standing).upper(),
        "biography": "",
        "profile_picture_url": None,
        "followers_count": 1234,
        "follows_count": 56,
        "media_count": sum(post.kind is not Kind.STORY for post in posts),
    }


def page_node(account: Account, *, token: str | None) -> dict[str, Any]:
    """The Facebook Page of an account; with the Page's own token for those who may have it."""
    linked = account.linked and account.standing is not Standing.PERSONAL
    return {
        "id": account.page_id,
        "name": account.full_name,
        "category": "Company",
        "tasks": ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MANAGE", "MESSAGING", "MODERATE"],
        "access_token": token,
        "instagram_business_account": {"id": account.ig_id, "username": account.username}
        if linked
        else None,
    }


def container_node(container: Container, status: Status) -> dict[str, Any]:
    said = f"Error: Media upload has failed with error code {container.error}"
    return {
        "id": container.id,
        "status_code": status.value,
        "status": _SAYS.get(status, said),
        "video_status": _video_status(container, status) if container.is_video else None,
        "copyright_check_status": None,
    }


def timestamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _type_of(item: Item) -> str:
    return "VIDEO" if isinstance(item, Video) else "IMAGE"


def _url(here: str, post: Post, position: int, name: str = "") -> str:
    video = isinstance(post.items[position], Video)
    name = name or ("clip.mp4" if video else "photo.jpg")
    return f"{here}/_rehearsal/media/{post.pk}/{position}/{name}"


def _child(here: str, post: Post, position: int) -> dict[str, Any]:
    item = post.items[position]
    return {
        "id": f"{post.media_id}{position:02}",
        "media_type": _type_of(item),
        "media_url": _url(here, post, position),
        **({"alt_text": item.alt_text} if item.alt_text else {}),
    }


def _video_status(container: Container, status: Status) -> dict[str, Any]:
    arrived = not container.awaits_bytes
    processed = {Status.IN_PROGRESS: "in_progress", Status.ERROR: "error"}.get(status, "complete")
    return {
        "uploading_phase": {
            "status": "complete" if arrived else "in_progress",
            "bytes_transferred": container.expected if arrived else len(container.received),
        },
        "processing_phase": {"status": processed if arrived else "not_started"},
    }
