"""Photos and videos on their way from a phone: whatever happens to the network, the page or us."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.journeys.conftest import OpenVisit, copy_of, demo, free_port
from tests.journeys.visiting import PHONE, Visit

pytestmark = pytest.mark.browser

FILES = Path(__file__).parents[1] / "media" / "files"
LONDON, PATH, TRAIN, STREAM = (
    "pixel7pro_london.jpg",
    "pixel_path_gps.jpg",
    "livephoto_iphone6s_train.jpg",  # 3.5 MB
    "stream_3s.mp4",
)
READY = 30_000
SLOW = 400_000  # bytes a second


def test_what_is_chosen_is_sent_at_once_and_made_ready_while_the_words_are_typed(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    choose(phone, LONDON, STREAM, PATH)
    phone.fill_in(Caption="Three things before noon.")
    expect(cards(phone)).to_have_count(3)
    first = cards(phone).first.get_by_label("What can be seen")
    first.fill("Roofs under a blue sky.")
    are_ready(phone, 3)
    expect(first).to_have_value("Roofs under a blue sky.")
    phone.press("Submit")
    phone.page.wait_for_url(re.compile(r"/posts/\d+$"))
    phone.sees("Three things before noon.")


def test_a_pause_and_a_network_that_goes_away_cost_nothing_but_time(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    network = slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    phone.press("Pause")
    phone.sees("Paused at")
    was = percent(phone)
    phone.page.wait_for_timeout(400)
    assert percent(phone) == was

    phone.press("Go on")
    slow(phone, network, offline=True)
    phone.sees("No connection. It goes on by itself")
    slow(phone, network)
    expect(phone.page.get_by_text("No connection.")).to_have_count(0)
    assert percent(phone) >= was
    unhurried(phone, network)
    are_ready(phone, 1)
    phone.complaints.clear()  # the browser notes every request that found no network


def test_a_submit_ends_a_pause(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    network = slow(phone)
    choose(phone, TRAIN)
    phone.fill_in(Caption="A train.")
    sends_some(phone)
    phone.press("Pause")
    phone.sees("Paused at")
    phone.press("Submit")
    phone.sees("It goes to comms as soon as everything has arrived.")
    unhurried(phone, network)
    phone.page.wait_for_url(re.compile(r"/posts/\d+$"))


def test_a_page_that_is_loaded_again_goes_on_by_itself_or_asks_for_the_file(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    network = slow(phone)
    choose(phone, TRAIN)
    sends_some(phone)
    was = percent(phone)
    phone.page.reload()
    sends_some(phone, more_than=was - 1)

    phone.page.goto("/my-week")
    phone.page.evaluate("indexedDB.deleteDatabase('uploads')")
    phone.page.go_back()
    phone.page.reload()
    phone.sees(f"Choose “{TRAIN}” again to go on from")
    unhurried(phone, network)
    choose(phone, TRAIN)
    are_ready(phone, 1)
    expect(cards(phone)).to_have_count(1)


def test_what_cannot_be_used_is_refused_in_a_sentence_and_the_rest_changes_places_by_keyboard(
    visit: OpenVisit,
) -> None:
    phone = at_a_new_post(visit)
    choose(phone, "text_named_jpg.jpg", LONDON, PATH)
    refused = cards(phone).filter(has_text=re.compile("This is a web page"))
    expect(refused).to_have_count(1, timeout=READY)
    refused.get_by_role("button", name="Remove").click()
    expect(cards(phone)).to_have_count(2)
    are_ready(phone, 2)

    london = cards(phone).first.get_attribute("id") or "none"
    cards(phone).first.get_by_role("button", name="Later").press("Enter")
    expect(cards(phone).last).to_have_attribute("id", london)
    expect(cards(phone).last.get_by_role("button", name="Earlier")).to_be_focused()
    expect(phone.page.locator("[data-milestone]")).to_have_text("Now 2 of 2")
    phone.page.reload()
    expect(cards(phone).last).to_have_attribute("id", london)


def test_the_part_that_is_shown_is_chosen_by_dragging_the_picture(visit: OpenVisit) -> None:
    phone = at_a_new_post(visit)
    choose(phone, PATH)
    phone.page.get_by_label("Square 1:1").check()
    are_ready(phone, 1)
    cut = cards(phone).get_by_role("link", name="Crop")
    cut.click()
    left = phone.page.locator("#x")
    middle = float(left.input_value())
    drag(phone, phone.page.get_by_label("The part that is shown"), right=-40)
    chosen = float(left.input_value())
    assert chosen > middle > 0
    phone.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(phone.page.get_by_role("dialog")).to_have_count(0)
    cut.click()
    assert float(left.input_value()) == pytest.approx(chosen, abs=0.5)


def test_a_server_that_is_stopped_and_started_again_goes_on_with_the_same_upload(
    chromium: Browser, filled: tuple[int, Path], tmp_path: Path
) -> None:
    port, folder = free_port(), copy_of(filled[1], tmp_path)
    with demo(port, folder) as address:
        phone = Visit(chromium, address, PHONE)
        begin_post(phone)
        network = slow(phone)
        choose(phone, TRAIN)
        sends_some(phone)
    phone.sees("No connection. It goes on by itself")
    with demo(port, folder):
        unhurried(phone, network)
        are_ready(phone, 1)
        expect(cards(phone)).to_have_count(1)
    phone.context.close()


def at_a_new_post(visit: OpenVisit) -> Visit:
    phone = visit(PHONE)
    begin_post(phone)
    return phone


def begin_post(phone: Visit) -> None:
    phone.enter_as("Ambassador")
    phone.page.goto("/my-week/new")


def choose(phone: Visit, *names: str) -> None:
    files = [FILES / name for name in names]
    phone.page.get_by_label("Add photos and videos").set_input_files(files)


def cards(phone: Visit) -> Locator:
    return phone.page.locator("#pictures > li")


def are_ready(phone: Visit, count: int) -> None:
    ready = cards(phone).get_by_text("Ready", exact=True)
    expect(ready).to_have_count(count, timeout=READY)


def percent(phone: Visit) -> int:
    bar = phone.page.locator("[data-sending] progress")
    return int(bar.evaluate("bar => bar.value"))


def sends_some(phone: Visit, *, more_than: int = 5) -> None:
    bar = phone.page.locator("[data-sending] progress")
    expect(bar).to_be_visible()
    phone.page.wait_for_function(
        "least => document.querySelector('[data-sending] progress').value > least", arg=more_than
    )


def slow(
    phone: Visit, network: CDPSession | None = None, *, offline: bool = False, speed: int = SLOW
) -> CDPSession:
    network = network or phone.context.new_cdp_session(phone.page)
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": offline, "latency": 20, "downloadThroughput": -1, "uploadThroughput": speed},
    )
    return network


def unhurried(phone: Visit, network: CDPSession) -> None:
    """As fast as this machine is."""
    slow(phone, network, speed=-1)


def drag(phone: Visit, what: Locator, *, right: int) -> None:
    box = what.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = phone.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + right, y, steps=4)
    mouse.up()
