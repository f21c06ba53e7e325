"""Being somebody in the demo, and the mailbox of them all."""

import pytest

from takeover.demo.doors import DOORS, Door
from tests.pages import Browser


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.key)
def test_a_button_on_the_first_page_lets_one_in_as_each(visitor: Browser, door: Door) -> None:
    page = visitor.get("/").submit(str(door.sees or f"Be: {door.label}"))
    assert page.status == 200
    assert page.says("Your menu")


def test_one_can_be_somebody_else_from_any_page(visitor: Browser) -> None:
    at_hr = visitor.get("/").submit("Be: HR")
    assert at_hr.path == "/nominations"
    assert at_hr.submit("Be: Programme lead").path == "/rota"


def test_nobody_comes_in_without_the_token_of_the_form(visitor: Browser) -> None:
    visitor.get("/")
    assert visitor.post("/demo/sign-in", role="administrator").status == 400


def test_there_is_no_door_that_is_not_offered(visitor: Browser) -> None:
    assert visitor.get("/").submit("Proposes colleagues", role="root").status == 404


def test_the_mailbox_shows_every_message_the_newest_first(visitor: Browser) -> None:
    page = visitor.get("/demo/mailbox")
    subjects = [words for words in page.links if "2026" in words or "Nov" in words]
    assert page.says("Would you show a week of your work?")
    assert subjects
    names = [name for name in ("Giulia Ferri", "Inês Carvalho") if page.says(name)]
    assert page.text.index(names[0]) < page.text.index(names[1])


def test_the_list_is_not_sent_again_while_nothing_has_come(visitor: Browser) -> None:
    page = visitor.get("/demo/mailbox")
    again = page.html.partition('hx-get="')[2].partition('"')[0]
    answer = visitor.client.get(again, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    answer = visitor.client.get("/demo/mailbox?newest=0", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).lstrip().startswith('<ol class="mail-list"')


def test_a_mail_is_framed_without_any_power_but_to_lead_on(visitor: Browser) -> None:
    page = visitor.get("/demo/mailbox/1")
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.html
    mail = visitor.client.get("/demo/mailbox/1/html")
    policy = mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    html = mail.get_data(as_text=True)
    assert 'target="_top"' in html
    assert 'target="_blank"' not in html


def test_inline_styles_are_allowed_in_a_mail_and_nowhere_else(visitor: Browser) -> None:
    page = visitor.client.get("/demo/mailbox/1")
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/demo/mailbox/999999", "/demo/mailbox/999999/html"])
def test_a_message_that_is_not_there_is_a_404(visitor: Browser, path: str) -> None:
    assert visitor.get(path).status == 404


def test_a_stranger_may_look_at_the_feed(visitor: Browser) -> None:
    page = visitor.get("/sandbox/a_week_at_halbrane")
    assert page.status == 200
    assert page.says("10 posts")
