"""What goes wrong on the wire, by Python, over HTTP, and by name."""

import threading
import time
from typing import Any

import pytest
import requests

from takeover.instagram.rehearsal.faults import NotAFault
from takeover.instagram.rehearsal.mishaps import MISHAPS, WHERE, fault
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.graph.shelf import Shelf
from tests.takeover.instagram.rehearsal.conftest import Graph, code_of

PUBLISH = r"/media_publish$"


@pytest.fixture
def container(graph: Graph, web: Shelf) -> str:
    return str(graph.container(image_url=web.url + "/photo.jpg")["id"])


def test_a_request_done_twice_makes_two_posts(
    graph: Graph, container: str, rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=PUBLISH, twice=True)
    id = graph.publish(container)["id"]
    assert rehearsal.account.posts()[0].media_id == id
    assert len(rehearsal.account.posts()) == 2


def test_an_error_of_the_second_time_is_the_answer(
    graph: Graph, container: str, rehearsal: Rehearsal
) -> None:
    rehearsal.behaviour.set(republish="error")
    rehearsal.wire.add(path=PUBLISH, twice=True)
    assert code_of(graph.publish(container)) == (24, 2207008)
    assert len(rehearsal.account.posts()) == 1


def test_nothing_is_done_while_a_request_stalls(
    graph: Graph, container: str, rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=PUBLISH, stall=True)
    url = f"{graph.url}/{graph.account.ig_id}/media_publish"
    given = {"creation_id": container}
    with pytest.raises(requests.Timeout):
        requests.post(url, data=given, headers=graph.headers, timeout=0.3)
    rehearsal.wire.clear_faults()
    time.sleep(0.1)
    assert rehearsal.account.posts() == []


def test_what_is_late_is_done_after_the_caller_has_gone(
    graph: Graph, container: str, rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=PUBLISH, late=60)
    url = f"{graph.url}/{graph.account.ig_id}/media_publish"
    given = {"creation_id": container}
    with pytest.raises(requests.Timeout):
        requests.post(url, data=given, headers=graph.headers, timeout=0.3)
    assert rehearsal.account.posts() == []
    rehearsal.wire.clear_faults()  # the time has come
    until = time.monotonic() + 5
    while not rehearsal.account.posts() and time.monotonic() < until:
        time.sleep(0.01)
    assert len(rehearsal.account.posts()) == 1


def test_a_fault_may_wait_for_its_turn_and_its_method(graph: Graph, rehearsal: Rehearsal) -> None:
    rehearsal.wire.add(path="/media$", method="GET", skip=1, status=503)
    path = f"{graph.account.ig_id}/media"
    asked = [graph.ask("POST", path), *(graph.ask("GET", path) for _ in range(3))]
    assert [answer.status_code for answer in asked] == [400, 200, 503, 200]


def test_a_throttled_request_says_how_long(graph: Graph, rehearsal: Rehearsal) -> None:
    rehearsal.wire.add(**fault("throttled", "looking"))
    answer = graph.ask("GET", f"{graph.account.ig_id}/media")
    assert (answer.status_code, code_of(answer.json())[0]) == (400, 80002)
    usage = answer.headers["X-Business-Use-Case-Usage"]
    assert "estimated_time_to_regain_access" in usage


def test_every_mishap_can_happen_everywhere(rehearsal: Rehearsal) -> None:
    for name in MISHAPS:
        for where in WHERE:
            rehearsal.wire.add(**fault(name, where))
    assert len(rehearsal.wire.faults()) == len(MISHAPS) * len(WHERE)


def test_faults_are_ordered_by_name_over_http(graph: Graph, rehearsal: Rehearsal) -> None:
    url = f"{rehearsal.url}/_rehearsal/faults"
    asked = {"mishap": "broken", "where": "looking", "times": 2}
    assert requests.post(url, json=asked, timeout=5).status_code == 201
    assert graph.ask("GET", f"{graph.account.ig_id}/media").status_code == 500
    assert requests.post(url + "/clear", timeout=5).status_code == 204
    assert graph.ask("GET", f"{graph.account.ig_id}/media").status_code == 200
    for wrong in ({"mishap": "flood", "where": "looking"}, {"mishap": "lost"}):
        assert requests.post(url, json=wrong, timeout=5).status_code == 400
    with pytest.raises(NotAFault):
        rehearsal.wire.add(path="x", headers="y")


def test_the_control_plane_changes_everything_else(rehearsal: Rehearsal, jpeg: Any) -> None:
    def told(method: str, path: str, **asked: Any) -> Any:
        url = f"{rehearsal.url}/_rehearsal/{path}"
        answer = requests.request(method, url, json=asked or None, timeout=5)
        return answer.json() if answer.content else answer.status_code

    assert told("POST", "behaviour", quota_total=7)["quota_total"] == 7
    assert "error" in told("POST", "behaviour", quota_total="many")
    assert "error" in told("POST", "behaviour", colour=7)
    assert told("GET", "behaviour")["quota_total"] == 7

    name = rehearsal.account.username
    changed = told("POST", "accounts", username=name, standing="personal", linked=False)
    assert (changed["standing"], rehearsal.account.linked) == ("personal", False)
    assert "error" in told("POST", "accounts", username=name, standing="royal")
    assert [who["username"] for who in told("GET", "accounts")] == [name]

    assert told("POST", "tokens", account=name)["access_token"].startswith("EAA")
    assert told("POST", "tokens", login="instagram")["access_token"].startswith("IGAA")
    assert "error" in told("POST", "tokens", account="nobody")
    session = told("GET", f"sessions?account={name}")
    assert session == rehearsal.account.session()
    assert told("POST", "expire", what="sessions") == 204
    assert session != rehearsal.account.session()
    assert "error" in told("POST", "expire", what="patience")


def test_many_ask_at_once(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    rehearsal.behaviour.set(quota_total=1000)

    def publish_five() -> None:
        for _ in range(5):
            graph.publish(graph.container(image_url=web.url + "/photo.jpg")["id"])

    threads = [threading.Thread(target=publish_five) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({post.code for post in rehearsal.account.posts()}) == 40
