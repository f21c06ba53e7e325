"""The programme's settings, as its lead changes them."""

import pytest

from takeover.audit import AuditEntry
from tests.preparing import an_approved_post

PATH = "/programmes/a-week-in-a-life/settings"


def changes(session):
    return session.query(AuditEntry).filter_by(action="settings_changed").all()


def test_the_lead_changes_them_and_it_is_on_the_record(browse, cast, session):
    page = browse(cast.lea).get(PATH)
    page = page.submit(
        "Save",
        name="A week  with us",
        account="@Nordwerk.Week",
        timezone="Asia/Kolkata",
        language="fr",
        days=["0", "2"],
        times="18:00, 9:05 9:05;12h30",
    )
    assert page.says("Saved.")
    programme = cast.programme
    assert (programme.name, programme.account) == ("A week with us", "nordwerk.week")
    assert (programme.timezone, programme.language) == ("Asia/Kolkata", "fr")
    assert (programme.slot_days, programme.slot_times) == ([0, 2], ["09:05", "12:30", "18:00"])
    (entry,) = changes(session)
    assert entry.by_id == cast.lea.id
    assert entry.facts["changed"]["timezone"] == ["Europe/Paris", "Asia/Kolkata"]


def test_the_form_shows_what_holds_now(browse, cast):
    page = browse(cast.lea).get(PATH)
    assert 'value="08:30, 12:15, 18:00"' in page.html
    assert 'value="a_week_at_nordwerk"' in page.html
    assert page.says("Leave this empty, and posts go out as soon as they are approved.")
    assert page.says("Posts that are approved already keep their time.")


def test_saving_what_is_the_same_changes_nothing(browse, cast, session):
    assert browse(cast.lea).get(PATH).submit("Save").says("Nothing was different")
    assert changes(session) == []


def test_no_times_means_as_soon_as_approved(browse, cast):
    assert browse(cast.lea).get(PATH).submit("Save", times=" ").says("Saved.")
    assert cast.programme.slot_times == []


def test_the_lead_says_how_far_apart_posts_are_and_how_late_they_may_be(browse, cast, session):
    cast.programme.spacing, cast.programme.grace = 15, 180
    page = browse(cast.lea).get(PATH).submit("Save", spacing=" 0 ", grace="1440")

    assert page.says("Saved.")
    assert (cast.programme.spacing, cast.programme.grace) == (0, 1440)
    assert changes(session)[0].facts["changed"] == {"spacing": [15, 0], "grace": [180, 1440]}


def test_approved_posts_keep_their_slot(browse, cast, session):
    post = an_approved_post(session, cast)
    slot = post.slot_at
    browse(cast.lea).get(PATH).submit("Save", times="03:00")
    assert post.slot_at == slot


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Give the programme a name."),
        ("name", "x" * 121, "Shorten the name to 120 characters."),
        ("account", "", "Write the account’s username."),
        ("account", "no spaces here", "Write the username as Instagram shows it"),
        ("account", "x" * 31, "Write the username as Instagram shows it"),
        ("timezone", "Mars/Olympus", "Choose a time zone of the list."),
        ("language", "tlh", "Choose a language of the list."),
        ("days", [], "Choose at least one day"),
        ("days", ["9"], "Choose at least one day"),
        ("days", ["x"], "Choose at least one day"),
        ("spacing", "", "Write a number of minutes."),
        ("spacing", "a few", "Write whole minutes, from 0 to 1440."),
        ("spacing", "-1", "Write whole minutes"),
        ("grace", "1.5", "Write whole minutes"),
        ("grace", "1441", "Write whole minutes"),
        ("grace", "9" * 400, "Write whole minutes"),
        ("times", "25:00", "“25:00” is not a time."),
        ("times", "noon", "“noon” is not a time."),
        ("times", "12:15-13:00", "is not a time."),
        ("times", ", ".join(f"{h:02}:00" for h in range(13)), "Keep to 12 times a day"),
    ],
)
def test_bad_input_gives_a_sentence_and_loses_nothing(
    browse, cast, session, field, value, sentence
):
    typed = {"name": "Another", "account": "another", "times": "07:45"} | {field: value}
    page = browse(cast.lea).get(PATH).submit("Save", **typed)
    assert page.status == 422
    assert page.says(sentence)
    for name, words in typed.items():
        if name != field:
            assert f'value="{words}"' in page.html
    assert cast.programme.name == "A week in a life of…"
    assert changes(session) == []


@pytest.mark.parametrize("who", ["hanna", "amir", "olga", "ada", "zofia", "stranger"])
def test_settings_are_the_leads_alone(browse, cast, who):
    assert browse(getattr(cast, who)).get(PATH).status == 403


def test_there_is_no_such_programme(browse, cast):
    assert browse(cast.lea).get("/programmes/another/settings").status == 404


@pytest.mark.parametrize(
    ("begins", "ends", "kept"),
    [
        ("22:00", "7:00", ("22:00", "07:00")),
        ("13h00", "14:30", ("13:00", "14:30")),
        ("", "", ("", "")),
    ],
)
def test_quiet_hours_are_times_of_the_accounts_clock(browse, cast, begins, ends, kept):
    page = browse(cast.lea).get(PATH)
    page = page.submit("Save", quiet_from=begins, quiet_until=ends)

    assert page.status == 200
    assert (cast.programme.quiet_from, cast.programme.quiet_until) == kept


@pytest.mark.parametrize(
    ("begins", "ends", "says"),
    [
        ("22", "07:00", "Write hours and minutes, for example 22:00."),
        ("22:00", "", "Write when the quiet hours end, or leave both empty."),
        ("", "07:00", "Write when the quiet hours begin, or leave both empty."),
        ("22:00", "22:00", "Choose another time than the one at which they begin."),
        ("17:00", "09:00", "These times of a day are in the quiet hours: 08:30, 18:00."),
    ],
)
def test_quiet_hours_that_cannot_be_are_refused_in_words(browse, cast, begins, ends, says):
    page = browse(cast.lea).get(PATH)
    page = page.submit("Save", quiet_from=begins, quiet_until=ends)

    assert page.status == 422
    assert page.says(says)
    assert (cast.programme.quiet_from, cast.programme.quiet_until) == ("", "")
