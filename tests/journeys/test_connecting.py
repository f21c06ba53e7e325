"""A lead connects the account on a phone, by Meta's own question; then a post goes out to it."""

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
from tests.journeys.conftest import ROOT, demo, free_port
from tests.journeys.test_accessibility import AXE, look
from tests.journeys.visiting import PHONE, Visit

pytestmark = pytest.mark.browser

ACCOUNT = "a_week_at_halbrane"


class Stage(NamedTuple):
    address: str
    folder: Path
    meta: Rehearsal


@pytest.fixture
def stage(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A demo of its own, that knows an app at a Meta of its own."""
    with running(usernames=[ACCOUNT, "somebody_else"]) as meta:
        for name in ("INSTAGRAM_GRAPH_URL", "INSTAGRAM_RUPLOAD_URL", "INSTAGRAM_PRIVATE_URL"):
            monkeypatch.setenv(name, meta.url)
        monkeypatch.setenv("FACEBOOK_APP_ID", APP_ID)
        monkeypatch.setenv("FACEBOOK_APP_SECRET", APP_SECRET)
        folder = tmp_path / "demo"
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
    lead.page.goto("/programmes/a-week-at-halbrane/account/sign-in")
    found += look(lead)
    assert not found, "\n".join(found)

    approve_one(stage)
    assert is_shown_as_last_success(lead, stage)
    assert len(stage.meta.account.posts()) == 1
    lead.end()


def is_shown_as_last_success(lead: Visit, stage: Stage) -> bool:
    """Reload until the account's page leads to the post at Meta."""
    for _ in range(40):
        lead.page.goto("/programmes/a-week-at-halbrane/account")
        shown = lead.page.get_by_role("link", name="See it on the account").get_attribute("href")
        if stage.meta.url in (shown or ""):
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
