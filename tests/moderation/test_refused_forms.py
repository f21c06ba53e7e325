"""Whoever sends a form that is refused is led to what is wrong with it, and told so."""

import pytest

from tests.moderation.test_tapped_twice import in_doubt
from tests.moderation.test_with_post import connected
from tests.preparing import an_approved_post


def focused(page):
    """The one element that has the focus when the page comes."""
    (found,) = (element for element in page.tree.iter() if "autofocus" in element.attrib)
    return found


def test_a_reason_that_is_too_long_has_the_focus(browse, cast, session):
    page = browse(cast.amir).get("/queue").submit("Pause everything")

    answer = page.submit("Save the reason", reason="x" * 2001)

    assert focused(answer).get("name") == "reason"


def test_a_wrong_address_has_the_focus(browse, cast, session):
    in_doubt(session, cast)

    answer = browse(cast.amir).get("/posts").submit("It is there", permalink="nonsense")

    assert focused(answer).get("name") == "permalink"


@pytest.mark.parametrize("button", ["Save", "Approve it like this"])
def test_a_location_without_its_number_has_the_focus(browse, cast, session, button):
    connected(session, cast, "facebook")
    post = an_approved_post(session, cast)

    answer = browse(cast.amir).get(f"/queue/{post.id}").submit(button, location_name="Gdańsk")

    assert focused(answer).get("name") == "location_id"


def test_who_comes_second_is_told_at_once(browse, cast, session):
    in_doubt(session, cast)
    page = browse(cast.lea).get("/posts")
    browse(cast.amir).get("/posts").submit("It is not there")

    told = focused(page.submit("It is not there"))

    assert (told.get("role"), told.get("tabindex")) == ("alert", "-1")
