"""The brief: composed for a person and their week, kept as it was told, read by themselves."""

import hashlib
import json
import re
from datetime import timedelta

import pytest

from briefs.composing import VERSION, compose
from briefs.models import Brief
from briefs.sending import send_brief
from takeover.audit import AuditEntry
from takeover.mail.models import Message
from tests.cast import NOW


@pytest.fixture
def brief(session, cast) -> Brief:
    """Zofia's, sent."""
    sent = send_brief(cast.week, session=session, by=cast.lea, at=NOW)
    session.commit()
    return sent


def message_of(session, person) -> Message:
    return session.query(Message).filter_by(kind="brief", person_id=person.id).one()


def actions(session) -> list[str]:
    return [entry.action for entry in session.query(AuditEntry)]


def test_it_speaks_of_the_person_their_job_and_their_week(brief):
    text = json.dumps(brief.content, ensure_ascii=False)
    for words in ("Zofia", "Welder", "Wrocław", "Monday 23 November", "Sunday 29 November"):
        assert words in text
    assert "@a_week_at_nordwerk" in text
    assert "every day, at 08:30, 12:15, and 18:00 (Paris time)" in text


def test_it_has_ideas_dos_donts_and_what_is_never_disclosed(brief, browse, cast):
    page = browse(cast.zofia).get(f"/briefs/{brief.id}")
    for words in (
        "Ideas for your posts",
        "Please do not",
        "Never show or tell",
        "Confidential papers",
        "Financial figures",
        "Industrial processes",
        "Personal data",
    ):
        assert page.says(words)


def test_a_programme_without_times_says_that_posts_go_out_at_once(session, cast):
    cast.programme.slot_times = []
    cast.programme.slot_days = [0, 2, 4]
    content = compose(cast.week, session=session, by=None, at=NOW).content
    assert "as soon as it is approved, Monday, Wednesday, and Friday." in content["rhythm"][-1]


def test_what_was_told_stays_as_it_was_told(brief, session, browse, cast):
    cast.programme.name = "Another name"
    cast.programme.account = "another_account"
    cast.zofia.language = "fr"
    session.commit()
    page = browse(cast.zofia).get(f"/briefs/{brief.id}")
    assert page.says("@a_week_at_nordwerk shows what your days are made of")
    assert brief.language == "en"


def test_it_is_in_their_language(session, cast):
    cast.zofia.language = "fr"
    sent = send_brief(cast.week, session=session, by=cast.lea, at=NOW)
    session.commit()
    assert sent.language == "fr"
    assert "lundi 23 novembre" in sent.content["lead"]
    assert message_of(session, cast.zofia).language == "fr"


def test_a_language_we_do_not_speak_falls_back_to_english(session, cast):
    cast.zofia.language = "pl"
    assert compose(cast.week, session=session, by=None, at=NOW).language == "en"


def test_one_button_of_the_message_leads_to_the_brief_and_on_to_a_post(
    brief, session, browse, cast
):
    message = message_of(session, cast.zofia)
    path = re.search(r"http://localhost(/sign-in/link/\S+)", message.text)
    assert path
    stranger = browse()
    page = stranger.get(path[1])
    button = next(b for b in page.tree.iter("button"))
    page = page.submit(" ".join("".join(button.itertext()).split()))
    assert page.path == f"/briefs/{brief.id}"
    assert "/my-week/new" in page.links.values()


def test_opening_it_is_not_reading_it(brief, browse, cast):
    browse(cast.zofia).get(f"/briefs/{brief.id}")
    assert brief.read_at is None


def test_they_say_themselves_that_they_have_read_it(brief, browse, cast, session):
    page = browse(cast.zofia).get(f"/briefs/{brief.id}").submit("I have read it")
    assert page.says("Thank you. Now make your first post, whenever it suits you.")
    assert page.says("You read this on")
    assert brief.read_at is not None
    entry = session.query(AuditEntry).filter_by(action="brief_read").one()
    assert (entry.by_id, entry.object_id) == (cast.zofia.id, brief.id)


def test_the_first_reading_counts(brief, browse, cast, session):
    page = browse(cast.zofia).get(f"/briefs/{brief.id}")
    page.submit("I have read it")
    first = brief.read_at
    page.submit("I have read it")
    assert brief.read_at == first
    assert actions(session).count("brief_read") == 1


@pytest.mark.parametrize("who", ["lea", "amir"])
def test_comms_look_at_it_and_cannot_read_it_for_them(brief, browse, cast, who):
    browser = browse(getattr(cast, who))
    page = browser.get(f"/briefs/{brief.id}")
    assert page.says("This is the brief of Zofia Kowalczyk")
    token = next(f.get("value") for f in page.tree.iter("input") if f.get("name") == "csrf_token")
    assert browser.post(f"/briefs/{brief.id}/read", csrf_token=token).status == 404
    assert brief.read_at is None


@pytest.mark.parametrize("who", ["hanna", "olga", "ada", "noe", "stranger"])
def test_to_anybody_else_there_is_no_brief(brief, browse, cast, who):
    assert browse(getattr(cast, who)).get(f"/briefs/{brief.id}").status == 404


def test_nobody_unknown_sees_it(brief, browse):
    assert browse().get(f"/briefs/{brief.id}").status == 403


def test_after_the_week_was_taken_back_it_leads_nowhere(brief, browse, cast, session):
    cast.week.taken_back_at = NOW
    session.commit()
    page = browse(cast.zofia).get(f"/briefs/{brief.id}")
    assert page.says("This week is not planned any more")
    assert "/my-week/new" not in [
        a.get("href") for a in page.tree.iter("a") if "Make a post" in "".join(a.itertext())
    ]


def test_it_is_sent_once_with_its_link_or_not_at_all(session, cast):
    send_brief(cast.week, session=session, by=cast.lea, at=NOW)
    session.rollback()
    assert session.query(Brief).count() == 0
    assert session.query(Message).filter_by(kind="brief").count() == 0
    assert "sign_in_link_made" not in actions(session)
    assert "brief_composed" not in actions(session)


def test_the_sentence_about_its_link_is_true(brief, session, cast):
    (link,) = (entry for entry in session.query(AuditEntry) if entry.action == "sign_in_link_made")
    assert link.by_id == cast.lea.id
    assert "within two days" in message_of(session, cast.zofia).text


def test_the_words_of_this_version_are_these(session, cast):
    """Whoever changes them gives them a new VERSION, and this list its sum."""
    known = {"2026-11": "b9a58c"}
    content = compose(cast.week, session=session, by=None, at=NOW + timedelta(days=1)).content
    assert hashlib.sha256(json.dumps(content).encode()).hexdigest()[:6] == known[VERSION]
