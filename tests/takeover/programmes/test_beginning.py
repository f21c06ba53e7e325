import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.programmes.models import Programme


@pytest.fixture
def add(app, session):
    def run(slug="plants", **changed):
        options = {
            "name": "Plant life",
            "account": "@plants_at_nordwerk",
            "timezone": "Europe/Warsaw",
        } | changed
        session.commit()
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        return app.test_cli_runner().invoke(args=["programme", "add", slug, *words])

    return run


def test_a_command_begins_a_programme_and_the_record_says_so(add, session, cast):
    assert add().exit_code == 0

    begun = session.scalars(select(Programme).where(Programme.slug == "plants")).one()
    assert (begun.account, begun.timezone, begun.slot_times) == (
        "plants_at_nordwerk",
        "Europe/Warsaw",
        ["08:30", "12:15", "18:00"],
    )
    assert (
        session.scalars(select(AuditEntry).where(AuditEntry.action == "programme_begun"))
        .one()
        .object_id
        == begun.id
    )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"slug": "a-week-in-a-life"}, "There is a programme a-week-in-a-life already."),
        ({"account": "A_week_at_nordwerk"}, "belongs to another programme."),
        ({"slug": "Plants!"}, "use small letters"),
        ({"account": "plants at nordwerk"}, "is not an Instagram username."),
        ({"timezone": "Europe/Atlantis"}, "There is no time zone Europe/Atlantis"),
        ({"name": " "}, "needs a name"),
    ],
)
def test_what_cannot_be_is_said_in_words(add, session, cast, changed, says):
    answer = add(**changed)

    assert answer.exit_code == 1
    assert says in answer.output
    assert "Traceback" not in answer.output
