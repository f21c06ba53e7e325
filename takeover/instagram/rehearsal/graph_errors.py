"""Errors as the Graph API tells them."""

import secrets

from flask.typing import ResponseReturnValue

_TITLES = {
    2207052: ("Media download has failed", "The media could not be fetched from this URI."),
    2207003: ("Media download timed out", "It takes too long to download the media."),
    2207004: ("Image size is too large", "The image is too large. The maximum is 8 MiB."),
    2207005: ("Unsupported image format", "The image format is not supported. Use JPEG."),
    2207008: ("Media not found", "The media builder is missing or expired. Make it again."),
    2207009: (
        "Aspect ratio not supported",
        "The submitted image with aspect ratio cannot be published. Use 4:5 to 1.91:1.",
    ),
    2207010: ("Caption is too long", "The caption is too long. The maximum is 2,200 characters."),
    2207026: ("Unsupported video format", "The video format is not supported."),
    2207027: ("Media is not ready", "The media is not ready to be published. Wait a moment."),
    2207028: ("Carousel is not valid", "A carousel needs between 2 and 10 items."),
    2207040: ("Too many tags", "Too many tags were used. The maximum is 20 mentions."),
    2207042: (
        "Content publishing limit reached",
        "The account has reached the number of posts it may publish in 24 hours.",
    ),
    2207050: ("Account restricted", "The account is restricted. Open the app to see why."),
    2207051: (
        "Action blocked",
        "We restrict certain activity to protect our community. Try again later.",
    ),
    2207057: ("Thumbnail offset out of range", "The thumbnail offset is outside of the video."),
}


class GraphError(Exception):
    """An answer of the Graph API that is an error."""

    def __init__(
        self,
        message: str,
        code: int,
        subcode: int = 0,
        *,
        status: int = 400,
        transient: bool = False,
        kind: str = "OAuthException",
        said: str = "",
    ) -> None:
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status
        self.transient, self.kind, self.said = transient, kind, said


def told(error: GraphError) -> ResponseReturnValue:
    """The error as JSON, in the shape Meta documents."""
    title, sentence = _TITLES.get(error.subcode, ("", ""))
    told = {
        "message": str(error),
        "type": error.kind,
        "code": error.code,
        **({"error_subcode": error.subcode} if error.subcode else {}),
        "is_transient": error.transient,
        **({"error_user_title": title} if title else {}),
        **({"error_user_msg": error.said or sentence} if error.said or sentence else {}),
        "fbtrace_id": "A" + secrets.token_urlsafe(16),
    }
    return {"error": told}, error.status


def not_there(id: str, *, verb: str = "get") -> GraphError:
    return GraphError(
        f"Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation.",
        100,
        33,
        kind="GraphMethodException",
    )


def wrong(message: str, subcode: int = 0) -> GraphError:
    """A parameter that is missing, unknown or no good."""
    return GraphError(f"(#100) {message}", 100, subcode)
