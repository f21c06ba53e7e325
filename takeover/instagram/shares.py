"""How long a call may take, of the lease that its worker has: the call that publishes is over
before another worker may take the account, or a person say that the post is not there.

After it is on the record that a post is sent (the lease begins anew with that), this is all that
happens before Instagram has the request, and has said something or is not waited for any more:

    two naps (what the app leaves after an upload, and between requests)     2/20
    five waits for a connection: one for each address, and its handshake     5/20
    the answer's beginning                                                   5/8
                                                                      together 39/40

By the default lease of 300 seconds no limit is any shorter than what it is without. By a lease of a
few seconds, as in a rehearsal, slow answers are given up early; what was sent is looked for then.
"""

from datetime import timedelta

_OF_A_NAP = 1 / 20
_OF_CONNECTING = 1 / 20
_OF_AN_ANSWER = 5 / 8


def nap(seconds: float, lease: timedelta) -> float:
    return min(seconds, lease.total_seconds() * _OF_A_NAP)


def connecting(seconds: float, lease: timedelta) -> float:
    return min(seconds, lease.total_seconds() * _OF_CONNECTING)


def answer(seconds: float, lease: timedelta) -> float:
    return min(seconds, lease.total_seconds() * _OF_AN_ANSWER)
