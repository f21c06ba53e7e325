"""How this Instagram behaves where nobody knows how the real one does, or where it varies."""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class NotABehaviour(Exception):
    """A setting was described in a way that means nothing; the message says how."""


class Republish(StrEnum):
    """What becomes of a second request to publish the same thing. Meta does not say."""

    NEW = "new"  # a second post
    ERROR = "error"
    SAME = "same"  # the post that is there


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """Set one at a time, by Python or by POST /_rehearsal/behaviour; a reset sets all of it back.

    processing_polls     status reads of a container that say IN_PROGRESS before it is ready
    processing_error     the subcode (2207026, …) that every container ends with; 0: none
    transcode_polls      refusals "Transcode not finished yet" of a clip by the private door
    republish            see Republish
    quota_total          posts that may be published in 24 hours by the Graph API
    quota_used           posts that count as published besides those that were
    containers_per_day   of an account
    drops_captions       what is published loses its caption
    hides_at             captions are read back without "@", as for tokens with few rights
    shown_after          seconds until a new post is listed
    """

    processing_polls: int = 0
    processing_error: int = 0
    transcode_polls: int = 0
    republish: Republish = Republish.NEW
    quota_total: int = 50
    quota_used: int = 0
    containers_per_day: int = 400
    drops_captions: bool = False
    hides_at: bool = False
    shown_after: float = 0.0

    def set(self, **changes: Any) -> None:
        """Change some of it; raises NotABehaviour, and then nothing is changed."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        made: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in kinds:
                raise NotABehaviour(f"There is no {name}.")
            try:
                made[name] = kinds[name](value)
            except (ValueError, TypeError) as error:
                raise NotABehaviour(f"{name} cannot be {value!r}.") from error
        for name, value in made.items():
            setattr(self, name, value)

    def reset(self) -> None:
        self.set(**asdict(Behaviour()))

    def told(self) -> dict[str, Any]:
        return asdict(self)
