import pytest

from takeover.app import create_app
from tests.conftest import settings_for

pytestmark = pytest.mark.each_database


def test_it_answers_without_signing_in(browse):
    assert browse().get("/healthz").text == "ok\n"
    assert browse().get("/readyz").status == 200


def test_it_is_not_ready_before_the_database_is(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path}/empty.db", tmp_path))

    assert app.test_client().get("/readyz").status_code == 503
    assert app.test_client().get("/healthz").status_code == 200
