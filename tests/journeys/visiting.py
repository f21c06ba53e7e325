"""What a visitor of the demo does, in the words on the screen."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, TimeoutError, expect

PHONE = (390, 844)
DESK = (1440, 900)
SOON = 20_000  # milliseconds


class Visit:
    """One browser context with one page; it notes whatever the browser complains about."""

    def __init__(
        self, browser: Browser, address: str, size: tuple[int, int], **options: Any
    ) -> None:
        width, height = size
        self.context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            locale="en-GB",
            **options,
        )
        self.context.set_default_timeout(SOON)
        self.page: Page = self.context.new_page()
        self.runs_scripts = options.get("java_script_enabled", True)
        self.complaints: list[str] = []
        self.wire: list[str] = []  # what was asked lately, for whoever reads of a failure
        self.page.on("request", lambda one: self.wire.append(f"{one.method} {one.url}"))
        self.page.on("requestfailed", lambda one: self.wire.append(f"{one.failure}: {one.url}"))
        self.page.on("response", lambda one: self.wire.append(f"{one.status} {one.url}"))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type} at {self.page.url}: {message.text}")

    def end(self) -> None:
        """Raises AssertionError where the browser complained, of a policy broken for instance."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def enter_as(self, role: str) -> None:
        """By the bar on top of every page, or from the first page if there is none yet."""
        if self.page.url == "about:blank":
            self.page.goto("/")
        bar = self.page.get_by_role("navigation", name="Demo")
        with self.page.expect_event("load"):
            bar.get_by_role("button", name=f"Be: {role}", exact=True).click()

    def go_to(self, place: str) -> None:
        """By the navigation of the page."""
        menu = self.page.get_by_role("navigation", name="Main")
        menu.get_by_role("link", name=place, exact=True).click()

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words, exact=True).first.click()

    def fill_in(self, **fields: str) -> None:
        """`Name="…"`: by the label that can be read on the page."""
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " ")).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label).select_option(label=option)

    def read_mail(self, *, to: str, subject: str, then: str) -> None:
        """Open the newest message of that kind in the mailbox, and click the button in it."""
        self.page.goto("/demo/mailbox")
        messages = self.page.locator("#mails a").filter(has_text=to).filter(has_text=subject)
        messages.first.click()
        mail = self.page.frame_locator("iframe.mail-frame")
        mail.get_by_role("link", name=then, exact=True).click()

    def sees(self, words: str, *, within: int = SOON) -> None:
        there = self.page.get_by_text(words).first
        lately = "\n".join(line for line in self.wire[-40:] if "/static/" not in line)
        expect(there, f"{words!r} after:\n{lately}").to_be_visible(timeout=within)

    def stays_at(self, path: str) -> bool:
        """Whether the page is still that one after a while; a moment later it may well not be."""
        try:
            self.page.wait_for_url(lambda url: urlsplit(url).path != path, timeout=8_000)
        except TimeoutError:
            return True
        return False

    def sees_title(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def stands_at(self, width: int, height: int) -> None:
        """Make the window that large, and wait until the page is laid out for it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate(
            """width => new Promise(resolve => {
                const look = () => innerWidth === width ? resolve() : requestAnimationFrame(look)
                requestAnimationFrame(look)
            })""",
            width,
        )

    def scrolls_sideways(self) -> bool:
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )
