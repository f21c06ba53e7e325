"""What is drawn: whose post, who does what, and how Instagram answers."""

from hypothesis import strategies as st

from tests.takeover.instagram.any_order.profile import TROUBLES, Answer

WHOSE = st.integers(0, 2)
CALL = st.sampled_from(["publish"] * 5 + ["find", "find", "prepare", "quota", "take_down"])
SECONDS = st.sampled_from([0, 30, 400])
MEANWHILE = st.sampled_from([
    "work", "work", "work", "work", "pause", "pause", "withdraw", "write_anew", "stop",
    "step_down", "alter", "move", "swap", "publish_now", "look_on_profile", "take_down_by_hand",
    "look_after_account", "find_it_still_there",
])  # fmt: skip
WHAT = st.sampled_from([
    "approve", "approve", "approve", "write_anew", "withdraw", "stop", "step_down", "alter", "swap",
    "publish_now", "publish_now", "publish_now", "place_again", "place_again", "pause", "resume",
    "resume", "ask_to_take_down", "take_down_by_hand", "look_on_profile", "look_on_profile",
    "look_after_account", "look_after_account", "find_it_still_there",
])  # fmt: skip


@st.composite
def troubles(draw):
    call = draw(CALL)
    return Answer(
        call=call,
        trouble=draw(st.sampled_from(TROUBLES[call])),
        done=draw(st.sampled_from(["no", "yes", "yes", "late"])),
        seconds=draw(SECONDS),
        meanwhile=draw(st.just("") | MEANWHILE),
        whose=draw(WHOSE),
    )


@st.composite
def interruptions(draw):
    return Answer(
        call=draw(st.sampled_from(["prepare", "prepare", "quota", "publish", "find"])),
        seconds=draw(SECONDS),
        meanwhile=draw(MEANWHILE),
        whose=draw(WHOSE),
    )


SCRIPT = st.lists(troubles() | interruptions(), min_size=1, max_size=4)
