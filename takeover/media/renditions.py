"""The files that are made of an upload."""

from enum import StrEnum


class RenditionKind(StrEnum):
    """What a rendition is for."""

    FEED = "feed"  # what is published, to the byte: a JPEG or an MP4
    COVER = "cover"  # what a video shows until it plays
    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"
    WHOLE = "whole"  # all of the picture, where what is published is a part or has borders
