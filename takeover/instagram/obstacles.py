"""What is in the way of a person who signs in to an account with a password."""

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


class NotSignedIn(Exception):
    """The text is for the log, and holds nothing of what was typed."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(f"not signed in: {obstacle.value}")
        self.obstacle = obstacle
