"""What is in the way of a person who signs in to an account with a password."""

from datetime import datetime
from enum import StrEnum


class Obstacle(StrEnum):
    NOT_BELIEVED = "not_believed"  # the password, or this machine: Instagram does not say which
    CODE_WANTED = "code_wanted"
    CODE_WRONG = "code_wrong"
    NO_SEED = "no_seed"
    CHECKPOINT = "checkpoint"
    SUSPENDED = "suspended"
    SLOW_DOWN = "slow_down"
    NETWORK_BLOCKED = "network_blocked"
    OLD_CLIENT = "old_client"
    DOWN = "down"
    WRONG_ACCOUNT = "wrong_account"
    # Instagram was not asked:
    SENT_ALREADY = "sent_already"  # this very form
    UNDER_WAY = "under_way"  # somebody else's try
    LEFT_ALONE = "left_alone"  # it refused a moment ago


class NotSignedIn(Exception):
    """The text is for the log, and holds nothing of what was typed. `until`: when it may be tried
    again, where that is known."""

    def __init__(self, obstacle: Obstacle, *, until: datetime | None = None) -> None:
        super().__init__(f"not signed in: {obstacle.value}")
        self.obstacle = obstacle
        self.until = until
