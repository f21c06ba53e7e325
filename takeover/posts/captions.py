"""What Instagram takes as a caption. Source: content publishing guide, limits of captions."""

import re

from takeover.plain import without_controls

MOST_CHARACTERS = 2200
MOST_HASHTAGS = 30
MOST_MENTIONS = 20
WARN_HASHTAGS = 5  # announced on 2025-12-18 as the coming limit

_HASHTAG = re.compile(r"(?<![\w&])#\w*[^\W\d_]\w*")  # as static/js/caption-count.js counts
_MENTION = re.compile(r"(?<![\w.])@[\w.]+")


class CaptionTooLong(Exception):
    def __init__(self, length: int) -> None:
        super().__init__(f"{length} characters")
        self.length = length


class TooManyHashtags(Exception):
    def __init__(self, count: int) -> None:
        super().__init__(f"{count} hashtags")
        self.count = count


class TooManyMentions(Exception):
    def __init__(self, count: int) -> None:
        super().__init__(f"{count} mentions")
        self.count = count


def tidy(caption: str) -> str:
    """One kind of line end, nothing around; the person's own words otherwise."""
    return without_controls(caption).replace("\r\n", "\n").replace("\r", "\n").strip()


def check_caption(caption: str) -> None:
    """Raises CaptionTooLong, TooManyHashtags or TooManyMentions.

    How Instagram counts characters is not written down; UTF-16 units are the larger count.
    """
    length = len(caption.encode("utf-16-le")) // 2
    if length > MOST_CHARACTERS:
        raise CaptionTooLong(length)
    hashtags = len(_HASHTAG.findall(caption))
    if hashtags > MOST_HASHTAGS:
        raise TooManyHashtags(hashtags)
    mentions = len(_MENTION.findall(caption))
    if mentions > MOST_MENTIONS:
        raise TooManyMentions(mentions)
