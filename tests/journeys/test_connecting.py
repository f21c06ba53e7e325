"""A lead connects the account on a phone, by Meta's own question; then a post goes out to it, late,
for Meta is made to stumble on the way."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from deploy.demo import environment
from takeover.instagram.rehearsal.logins import APP_ID, APP_SECRET
from takeover.instagram.rehearsal.server import Rehearsal, running
from tests.journeys.conftest import ROOT, copy_of, demo, free_port
from tests.journeys.test_accessibility import AXE, look
from tests.journeys.test_main_journey import reload_until
from tests.journeys.visiting import DESK, PHONE, Visit

pytestmark = pytest.mark.browser

ACCOUNT = "a_week_at_halbrane"
SIGN_IN = "/programmes/a-week-at-halbrane/account/sign-in"


class Stage(NamedTuple):
    address: str
    folder: Path
    meta: Rehearsal


@pytest.fixture
def stage(
    chromium: Browser,
    filled: tuple[int, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    """A demo of its own, that knows an app at a Meta of its own."""
    with running(usernames=[ACCOUNT, "somebody_else"]) as meta:
        for name in ("INSTAGRAM_GRAPH_URL", "INSTAGRAM_RUPLOAD_URL", "INSTAGRAM_PRIVATE_URL"):
            monkeypatch.setenv(name, meta.url)
        monkeypatch.setenv("FACEBOOK_APP_ID", APP_ID)
        monkeypatch.setenv("FACEBOOK_APP_SECRET", APP_SECRET)
        folder = copy_of(filled[1], tmp_path)
        with demo(free_port(), folder) as address:
            yield Stage(address, folder, meta)


def test_a_lead_connects_the_account_on_a_phone_and_a_post_goes_out_to_it(
    chromium: Browser, stage: Stage
) -> None:
    lead = Visit(chromium, stage.address, PHONE, reduced_motion="reduce")
    lead.context.add_init_script(path=AXE)
    lead.enter_as("Programme lead")
    lead.go_to("Rota")
    lead.sees("On a page of this site")
    lead.follow(f"@{ACCOUNT}")

    lead.press("Connect by Facebook")
    lead.sees_title("Facebook asks you")
    lead.page.get_by_label("instagram_content_publish").uncheck()
    lead.press("Allow")
    lead.sees("instagram_content_publish, to publish posts")
    found = look(lead)

    lead.press("Connect by Facebook")
    lead.sees_title("Facebook asks you")
    lead.press("Allow")
    lead.sees(f"@{ACCOUNT} is connected.")
    assert "code=" not in lead.page.url
    lead.press("Ask Instagram now")
    lead.sees("50 of 50 posts in 24 hours")
    assert not lead.scrolls_sideways()
    found += look(lead)
    lead.page.goto(SIGN_IN)
    found += look(lead)
    assert not found, "\n".join(found)
    is_sent_once(chromium, stage)

    lead.follow("Back to the account")
    goes_out_late(chromium, stage, lead)
    lead.end()


TAPPED_TWICE = """button => {
  button.click();
  button.click();
  sessionStorage.setItem("rests", `${button.disabled} ${button.textContent.trim()}`);
}"""


def is_sent_once(chromium: Browser, stage: Stage) -> None:
    """Tapped twice: the button rests, says why, and Instagram is asked once, here in vain."""
    hasty = Visit(chromium, stage.address, PHONE)
    hasty.enter_as("Programme lead")
    hasty.page.goto(SIGN_IN)
    hasty.fill_in(Password_on_Instagram="not the right one")
    hasty.page.get_by_label("I know that this breaks").check()
    hasty.page.locator("form[data-once] button[type=submit]").evaluate(TAPPED_TWICE)
    hasty.sees("Not signed in")
    assert hasty.page.evaluate("sessionStorage.getItem('rests')") == "true Asking Instagram…"
    assert [one.path for one in stage.meta.wire.log()].count("/graphql_www") == 1
    hasty.context.close()


def goes_out_late(chromium: Browser, stage: Stage, lead: Visit) -> None:
    """Meta stumbles, and it is told; when it stands again, the lead sends the post at once."""
    desk = Visit(chromium, stage.meta.url, DESK)
    let_go_wrong(desk, "Error 500, and nothing is done", "When a container is made")
    approve_one(stage)
    reload_until(lead, "Instagram had trouble of its own")
    assert stage.meta.account.posts() == []
    desk.press("Let nothing go wrong")
    lead.go_to("Calendar")
    lead.page.get_by_role("link", name="Publish now").first.click()
    lead.press("Publish now")
    lead.sees("It is on its way to @")
    assert is_shown_as_last_success(lead, stage)
    assert len(stage.meta.account.posts()) == 1

    author = Visit(chromium, stage.address, PHONE)
    author.read_mail(to="", subject="Your post is on", then="See your post here")
    author.press("Sign in")
    for step in ("Instagram had trouble of its own; not tried again", "It appeared on the account"):
        author.sees(step)
    for one in (author, desk):
        one.end()


def let_go_wrong(desk: Visit, what: str, where: str) -> None:
    """On the page by which the stand-in is told what goes wrong."""
    desk.page.goto("/_rehearsal/")
    desk.choose("What", what)
    desk.choose("Where", where)
    desk.fill_in(How_often="1000")
    desk.press("Let it happen")
    desk.sees("Waiting to happen")


def is_shown_as_last_success(lead: Visit, stage: Stage) -> bool:
    """Reload until the account's page leads to the post at Meta."""
    for _ in range(40):
        lead.page.goto("/programmes/a-week-at-halbrane/account")
        link = lead.page.get_by_role("link", name="See it on the account")
        if link.count() and stage.meta.url in (link.get_attribute("href") or ""):
            return True
        lead.page.wait_for_timeout(500)
    return False


def approve_one(stage: Stage) -> None:
    words = "demo posts --approved 1 --due now"
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words.split()],
        cwd=ROOT,
        env={**environment(stage.folder, stage.address), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
