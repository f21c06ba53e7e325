"""What may be asked of POST /media, by what is being made: the table in Meta's "IG User Media"."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from takeover.instagram.rehearsal.graph_errors import GraphError, wrong
from takeover.instagram.rehearsal.tokens import Login

LONGEST_CAPTION = 2200  # UTF-16 units
MOST_HASHTAGS, MOST_MENTIONS = 30, 20
LONGEST_ALT_TEXT = 1000
FEWEST_CHILDREN, MOST_CHILDREN = 2, 10
MOST_COLLABORATORS = 3


class Making(StrEnum):
    PHOTO = "photo"
    CHILD_PHOTO = "photo of a carousel"
    CHILD_VIDEO = "clip of a carousel"
    CAROUSEL = "carousel"
    REEL = "reel"
    STORY = "story"


_LOCATED = {"collaborators", "location_id", "is_ai_generated"}
_PROMPTS = {"poll_attachment", "is_comment_prompt_used"}
_BYTES = {"video_url", "upload_type"}
_ALLOWED = {
    Making.PHOTO: {"image_url", "caption", "alt_text", "user_tags"} | _LOCATED | _PROMPTS,
    Making.CHILD_PHOTO: {"image_url", "is_carousel_item", "alt_text", "user_tags"},
    Making.CHILD_VIDEO: {"is_carousel_item"} | _BYTES,
    Making.CAROUSEL: {"children", "caption", "share_to_feed"} | _LOCATED,
    Making.REEL: {
        "caption", "user_tags", "share_to_feed", "cover_url", "thumb_offset", "audio_name",
        "trial_params", "audio_configuration",
    } | _BYTES | _LOCATED | _PROMPTS,
    Making.STORY: {"image_url", "user_tags", "is_ai_generated"} | _BYTES,
}  # fmt: skip
_ALWAYS = {"media_type", "access_token", "appsecret_proof", "locale"}
_FACEBOOK_ONLY = {"location_id", "audio_configuration"} | _PROMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One POST /media that makes sense so far."""

    making: Making
    given: dict[str, Any]

    def text(self, name: str) -> str:
        return str(self.given.get(name) or "")

    @property
    def resumable(self) -> bool:
        return self.text("upload_type") == "resumable"

    @property
    def children(self) -> list[str]:
        """The ids in `children`: a list, JSON, or with commas."""
        return [str(child) for child in _listed(self.given.get("children"))]

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(str(tag["username"]) for tag in _listed(self.given.get("user_tags")))


def asked(given: dict[str, Any], login: Login) -> Asked:
    """Raises GraphError for everything that is unknown, missing, or does not go together."""
    making = _making(given)
    for name in given.keys() - _ALWAYS:
        if name not in _ALLOWED[making]:
            raise wrong(f"The parameter {name} is not allowed for a {making}.")
        if name in _FACEBOOK_ONLY and login is Login.INSTAGRAM:
            raise wrong(f"The parameter {name} is not allowed for Instagram Login.")
    made = Asked(making=making, given=given)
    _look_at_source(made, login)
    _look_at_caption(made.text("caption"))
    if len(made.text("alt_text")) > LONGEST_ALT_TEXT:
        raise wrong("The parameter alt_text is longer than 1000 characters.")
    _look_at_tags(made)
    if making is Making.CAROUSEL and not FEWEST_CHILDREN <= len(made.children) <= MOST_CHILDREN:
        raise wrong("The parameter children must have between 2 and 10 items.", 2207028)
    return made


def is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1")


def _making(given: dict[str, Any]) -> Making:
    child = is_true(given.get("is_carousel_item", ""))
    match str(given.get("media_type") or "IMAGE"):
        case "IMAGE":
            return Making.CHILD_PHOTO if child else Making.PHOTO
        case "VIDEO" if child:
            return Making.CHILD_VIDEO
        case "CAROUSEL":
            return Making.CAROUSEL
        case "REELS":
            return Making.REEL
        case "STORIES":
            return Making.STORY
    raise wrong("The parameter media_type is not one of REELS, STORIES, CAROUSEL.", 2207023)


def _look_at_source(made: Asked, login: Login) -> None:
    """Exactly one place the picture comes from."""
    if made.making is Making.CAROUSEL:
        return
    if made.text("upload_type") and (not made.resumable or login is Login.INSTAGRAM):
        raise wrong("The parameter video_url is required.")
    photo, video = bool(made.text("image_url")), bool(made.text("video_url"))
    if made.making in (Making.PHOTO, Making.CHILD_PHOTO):
        if not photo:
            raise wrong("The parameter image_url is required.")
    elif photo + video + made.resumable != 1:
        raise wrong("The parameter video_url is required.")
    offset = made.text("thumb_offset")
    if offset and not offset.isdigit():
        raise wrong("The parameter thumb_offset must be a number of milliseconds.")


def _look_at_caption(caption: str) -> None:
    if len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
        raise GraphError("The caption was too long.", 36004, 2207010)
    hashtags = len(re.findall(r"(?<!\w)#\w", caption))
    mentions = len(re.findall(r"(?<!\w)@\w", caption))
    if hashtags > MOST_HASHTAGS or mentions > MOST_MENTIONS:
        raise wrong("The caption has too many tags.", 2207040)


def _look_at_tags(made: Asked) -> None:
    needs_place = made.making in (Making.PHOTO, Making.CHILD_PHOTO)
    for tag in _listed(made.given.get("user_tags")):
        if not isinstance(tag, dict) or not tag.get("username"):
            raise wrong("The parameter user_tags must be a list of objects with a username.")
        places = [tag.get("x"), tag.get("y")]
        if needs_place and not all(isinstance(p, (int, float)) and 0 <= p <= 1 for p in places):
            raise wrong("The parameter user_tags needs x and y between 0.0 and 1.0.", 2207037)
        if made.making is Making.REEL and places != [None, None]:
            raise wrong("The parameter user_tags takes no x and y for a reel.", 2207037)
    if len(_listed(made.given.get("collaborators"))) > MOST_COLLABORATORS:
        raise wrong("The parameter collaborators may have 3 items.", 2207036)


def _listed(value: object) -> list[Any]:
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            raise wrong("A list is not JSON.") from None
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value if isinstance(value, list) else []
