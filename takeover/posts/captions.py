"""What Instagram takes as a caption. Source: content publishing guide, limits of captions."""

import re

from takeover.plain import without_controls

MOST_CHARACTERS = 2200
MOST_HASHTAGS = 30
MOST_MENTIONS = 20
MOST_ALT_CHARACTERS = 1000  # of `alt_text`, since 2025-03-24
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


class AltTextTooLong(Exception):
    def __init__(self, length: int) -> None:
        super().__init__(f"{length} characters")
        self.length = length


CaptionRule = CaptionTooLong | TooManyHashtags | TooManyMentions


def tidy(caption: str) -> str:
    """One kind of line end, nothing around; the person's own words otherwise."""
    return without_controls(caption).replace("\r\n", "\n").replace("\r", "\n").strip()


def broken_rules(caption: str) -> list[CaptionRule]:
    """All that is wrong with it."""
    broken: list[CaptionRule] = []
    if (length := _length(caption)) > MOST_CHARACTERS:
        broken.append(CaptionTooLong(length))
    if (hashtags := len(_HASHTAG.findall(caption))) > MOST_HASHTAGS:
        broken.append(TooManyHashtags(hashtags))
    if (mentions := len(_MENTION.findall(caption))) > MOST_MENTIONS:
        broken.append(TooManyMentions(mentions))
    return broken


def check_caption(caption: str) -> None:
    """Raises CaptionTooLong, TooManyHashtags or TooManyMentions."""
    for rule in broken_rules(caption):
        raise rule


def check_alt_text(alt_text: str) -> None:
    """Raises AltTextTooLong."""
    length = _length(alt_text)
    if length > MOST_ALT_CHARACTERS:
        raise AltTextTooLong(length)


def _length(text: str) -> int:
    """How Instagram counts characters is not written down; UTF-16 units are the larger count."""
    return len(text.encode("utf-16-le")) // 2
