"""Every page of the demo, looked at by axe-core, on a phone and at a desk, by day and by night."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import OpenVisit
from tests.journeys.visiting import DESK, PHONE, Visit

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
NARROWEST = 320
ROLES = ("HR", "Programme lead", "Ambassador", "Approver", "Legal", "Administrator")
# Pages that are the same for everybody are looked at by one of them only.
LEFT_OUT = {None: (), "Legal": ("/demo", "/sandbox")}
SEEN_BY_OTHERS = ("/demo", "/sandbox", "/account")
OF_A_KIND = {"/posts/*": 2}  # these differ by state; of every other kind one is enough
MOST_PAGES = 40

# A frame with a mail in it runs no script, so axe cannot look inside.
LOOK = """options => axe.run(document, {iframes: false, resultTypes: ["violations"], ...options})
  .then(found => found.violations.map(v => v.id + ": " + v.help + "\\n    "
    + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " | " + n.html.slice(0, 160)
    + " | " + n.failureSummary.split("\\n").slice(1, 3).join(" ")).join("\\n    ")))"""


CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_BUT_CONTRAST = {"rules": {"color-contrast": {"enabled": False}}}


@pytest.mark.parametrize("role", [None, *ROLES])
def test_axe_finds_nothing_on_any_page_that_can_be_reached_by_links(
    visit: OpenVisit, role: str | None
) -> None:
    walker = visit(DESK, reduced_motion="reduce")  # else colours are seen half-way to the dark
    walker.context.add_init_script(path=AXE)
    walker.page.goto("/")
    if role is not None:
        walker.enter_as(role)
    seen, found = walk(walker, start=walker.page.url, less=LEFT_OUT.get(role, SEEN_BY_OTHERS))
    assert not found, "\n".join(found)
    assert len(seen) >= 3, f"the walk ended early: {sorted(seen)}"


def test_axe_finds_nothing_on_the_pages_that_links_alone_do_not_show(visit: OpenVisit) -> None:
    walker = visit(PHONE, reduced_motion="reduce")
    walker.context.add_init_script(path=AXE)
    walker.read_mail(to="Rafael Souza", subject="Would you", then="Read the invitation")
    found = look(walker)
    walker.page.goto("/sign-in/link/that-was-never-made")
    walker.complaints.clear()  # the browser notes every 404
    found += look(walker)
    assert not found, "\n".join(found)


def walk(walker: Visit, *, start: str, less: tuple[str, ...]) -> tuple[set[str], list[str]]:
    """Look at the page, then at every page it links to, and so on.

    Returns where it has been, and what is wrong there.
    """
    to_see, seen, kinds, found = [start], set[str](), dict[str, int](), list[str]()
    while to_see and len(seen) < MOST_PAGES:
        path = to_see.pop(0)
        kind = re.sub(r"\d+(-\d+)*|[\w-]{30,}", "*", urlsplit(path).path)
        if path in seen or kinds.get(kind, 0) >= OF_A_KIND.get(kind, 1) or kind.startswith(less):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        seen.add(path)
        if walker.page.url != path:
            walker.page.goto(path)
        found += look(walker)
        to_see += links_of(walker.page)
    return seen, found


def look(walker: Visit) -> list[str]:
    page = walker.page
    page.wait_for_load_state()  # without its style sheets everything would be visible at once
    walker.stands_at(*DESK)
    found = [f"at a desk: {v}" for v in page.evaluate(LOOK, {})]
    walker.stands_at(*PHONE)
    found += [f"on a phone: {v}" for v in page.evaluate(LOOK, ALL_BUT_CONTRAST)]
    found += ["scrolls sideways on a phone"] * walker.scrolls_sideways()
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {v}" for v in page.evaluate(LOOK, CONTRAST)]
    page.emulate_media(color_scheme="light")
    walker.stands_at(NARROWEST, 640)
    found += [f"scrolls sideways at {NARROWEST} pixels"] * walker.scrolls_sideways()
    return [f"{page.url} {one}" for one in found]


def links_of(page: Page) -> list[str]:
    """The pages of ours that this one leads to, without files to download."""
    here = urlsplit(page.url)
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    whole = [urljoin(page.url, href).partition("#")[0] for href in hrefs]
    return [
        address
        for address in whole
        if urlsplit(address).netloc == here.netloc and "/original" not in address
    ]
