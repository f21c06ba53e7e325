"""Whatever happens, in whatever order: once, in its time, as approved, or with a person.

To look for longer:

    ANY_ORDER=5000 ANY_ORDER_SEED=7 pytest tests/takeover/instagram/any_order
"""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import make_url

from takeover.instagram.models import Connection
from tests.cast import NOW
from tests.databases import copy
from tests.preparing import a_submitted_post
from tests.takeover.instagram.any_order.machine import AnyOrder

EXAMPLES = int(os.environ.get("ANY_ORDER", "24"))
SEED = int(os.environ.get("ANY_ORDER_SEED", "7"))


@pytest.fixture
def ready(app, session, cast, database, tmp_path):
    """Three posts with comms, kept as a file that is put back for each run."""
    posts = [a_submitted_post(session, cast, caption=text) for text in ("One", "Two", "Three")]
    session.add(
        Connection(
            programme=cast.programme, publisher="graph", sealed_session=b"", connected_at=NOW
        )
    )
    session.commit()
    ids = SimpleNamespace(
        ids=[post.id for post in posts],
        programme_id=cast.programme.id,
        people={"amir": cast.amir.id, "zofia": cast.zofia.id},
        used=Path(make_url(database.url).database),
        posts=tmp_path / "posts.db",
    )
    session.close()
    copy(ids.used, ids.posts)
    return ids


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_in_any_order_a_post_is_out_once_or_with_a_person(app, ready, monkeypatch):
    @seed(SEED)
    def machine():
        return AnyOrder(app, ready, monkeypatch)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=14,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
