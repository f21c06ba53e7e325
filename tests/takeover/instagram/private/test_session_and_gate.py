"""The session, and the one way out."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from config import Settings
from takeover.clock import now
from takeover.instagram.private.gate import AlreadySent, Patience, PublishGate, Refused
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.private.way import way_to
from takeover.instagram.publisher import (
    Ours,
    OutcomeUnknown,
    Outgoing,
    PublishingError,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import (
    CONFIGURE,
    LOST,
    REFUSALS,
    UPLOAD,
    configures,
    nobodys,
    prepared,
    publish,
)  # fmt: skip

# --- the session


def test_the_refreshed_session_is_kept_and_holds_no_password(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, sessions: list[Any]
) -> None:
    publish(publisher, outgoing)
    kept = json.loads(json.dumps(sessions[-1]))
    assert kept["mid"] == "rehearsed-machine-id"
    assert "password" not in json.dumps(kept)
    again = PrivatePublisher(
        kept, base_url=rehearsal.url, on_session=sessions.append, is_ours=nobodys, pace=0
    )
    prepared(again, outgoing)
    assert sessions[-1]["uuids"] == kept["uuids"]


def test_a_session_that_cannot_be_kept_does_not_hide_what_was_published(
    rehearsal: Rehearsal, outgoing: Outgoing, sleeps: list[float]
) -> None:
    def broken(settings: dict[str, Any]) -> None:
        raise OSError(settings["authorization_data"]["sessionid"])

    publisher = PrivatePublisher(
        rehearsal.account.session(),
        base_url=rehearsal.url,
        on_session=broken,
        is_ours=nobodys,
        pace=0,
    )
    assert publish(publisher, outgoing).permalink


@pytest.mark.parametrize(
    "settings", [{}, {"cookies": {}}, {"uuids": 5}, {"authorization_data": {"sessionid": "x"}}]
)
def test_a_missing_session_is_ours(rehearsal: Rehearsal, settings: dict[str, Any]) -> None:
    with pytest.raises(Ours):
        PrivatePublisher(
            settings, base_url=rehearsal.url, on_session=lambda kept: None, is_ours=nobodys
        )


def test_the_session_of_another_account_publishes_nothing(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, outgoing)
    strange = {**handle, "account_pk": "1"}
    with pytest.raises(Ours):
        prepared(publisher, replace(outgoing, account="somebodyelse"))
    with pytest.raises(Ours):
        publisher.publish(outgoing, strange)
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, strange, sent_at=now())
    assert prepared(publisher, replace(outgoing, account="@AWeekInALife"))
    assert configures(rehearsal) == 0


@pytest.mark.parametrize("name", ["photo", "carousel", "reel", "story clip"])
def test_nothing_secret_or_personal_is_said_aloud(
    publisher: PrivatePublisher,
    posts: dict[str, Outgoing],
    rehearsal: Rehearsal,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    post, secret = posts[name], rehearsal.account.session()["authorization_data"]["sessionid"]
    words = (secret, "Première jour", post.items[0].alt_text, rehearsal.account.username)
    said = []
    faults: list[dict[str, Any]] = [*LOST.values(), *REFUSALS.values(), {"body": "".join(words)}]
    faults += [{"status": 400, "body": {"message": "".join(words), "status": "fail"}}]
    for path, fault in [(path, fault) for path in (UPLOAD, CONFIGURE) for fault in faults]:
        if "delay" in fault:  # which takes long, and is a connection that dies
            continue
        rehearsal.wire.clear_faults()
        rehearsal.wire.add(path=path, **fault)
        try:
            publish(publisher, post)
        except PublishingError as raised:
            error: BaseException | None = raised
            while error is not None:
                said.append(repr(error))
                error = error.__cause__ or error.__context__
    assert len(said) > len(faults)
    heard = capfd.readouterr()
    for text in (*said, caplog.text, heard.out, heard.err):
        assert not any(word in text for word in words)


# --- the gate itself


def test_the_gate_lets_nothing_else_out(publisher: PrivatePublisher, rehearsal: Rehearsal) -> None:
    client = publisher._client
    tries = (
        lambda: client.private_request("accounts/login/", {"a": 1}, login=True),
        lambda: client.private_request("media/1/delete/", {"a": 1}),
        lambda: client.private_request("media/configure/", {"upload_id": "1"}),
        *(
            lambda path=path: client.private_request(path, {"upload_id": "1"})
            for path in (
                "media/configure_sidecar/",
                "media/configure_to_clips/?video=1",
                "media/configure_to_story/",
                "media/1_2/delete/",
                "media/1_2/comment/",
                "media/1_2/disable_comments/",
            )
        ),
        lambda: client.private_request("media/1_2/edit_media/", {"caption": "x"}),
        lambda: client.private_request("direct_v2/inbox/"),
        lambda: client.private_request("feed/user/1/", domain="b.i.instagram.com"),
        lambda: client.private.get("http://i.instagram.com/api/v1/feed/user/1/"),
        lambda: client.public.get("https://www.instagram.com/"),
        lambda: client.graphql.get("https://www.instagram.com/graphql"),
    )
    for attempt in tries:
        with pytest.raises(Refused):
            attempt()
    assert rehearsal.wire.log() == []


def test_the_gate_lets_nobody_sign_in(publisher: PrivatePublisher, rehearsal: Rehearsal) -> None:
    rehearsal.account.sign_out()
    for sign_in in (publisher._client.login, publisher._client.login_legacy):
        with pytest.raises(Refused):
            sign_in("someone", "a password")
    assert {asked.what for asked in rehearsal.wire.log()} == {"current_user"}


def test_a_permit_is_for_one_upload_once(publisher: PrivatePublisher, outgoing: Outgoing) -> None:
    client, gate = publisher._client, publisher._gate
    with gate.permit("1") as permit:
        with pytest.raises(Refused):
            client.private_request("media/configure/", {"upload_id": "2"})
        assert not permit.sent
        client.private_request("accounts/current_user/?edit=true")
        with pytest.raises(Exception, match="reupload"):
            client.private_request("media/configure/", {"upload_id": "1"})
        assert permit.sent
        with pytest.raises(AlreadySent):
            client.private_request("media/configure/", {"upload_id": "1"})


def test_a_permit_for_one_deed_is_not_one_for_another(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    on = publish(publisher, outgoing)
    other = f"media/{on.media_id}/comment/"
    with publisher._gate.permit(f"/api/v1/media/{on.media_id}/delete/") as permit:
        with pytest.raises(Refused):
            publisher._client.private_request(other, {"comment_text": "x"})
        assert not permit.sent
    with publisher._gate.permit("5"), pytest.raises(Refused):
        publisher._client.private_request(other, {"upload_id": "5", "comment_text": "x"})
    assert len(rehearsal.account.posts()) == 1


def test_a_worker_has_given_up_before_anybody_may_take_the_post_over() -> None:
    naps = 10  # between the client's requests
    assert Patience().longest + naps <= Settings().publish_lease


def test_certificates_are_checked_whatever_the_session_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    seen: dict[str, Any] = {}

    def send(request: Any, **options: Any) -> Any:
        seen.update(options)
        raise ConnectionError

    inner = way_to(None)
    monkeypatch.setattr(inner, "send", send)
    gate = PublishGate(inner, Patience(connect=1, ask=2))
    publisher = PrivatePublisher(
        {"authorization_data": {"ds_user_id": "1", "sessionid": "x"}, "tls_verify": False},
        base_url=None,
        on_session=lambda kept: None,
        is_ours=nobodys,
        pace=0,
    )
    session = publisher._client.private
    monkeypatch.setattr(session, "get_adapter", lambda url: gate)
    with pytest.raises(ConnectionError):
        publisher._client.private_request("feed/user/1/")
    assert seen["verify"] is True
    assert seen["timeout"] == (1, 2)
