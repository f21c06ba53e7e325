"""The Graph API, as far as publishing goes: containers, uploads, the call that publishes, quota."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.containers import DAY, Container
from takeover.instagram.rehearsal.graph_asking import (
    chosen,
    for_deed,
    given,
    owned,
    the_token,
    wanted,
)
from takeover.instagram.rehearsal.graph_errors import GraphError, told, wrong
from takeover.instagram.rehearsal.making import make, publish, take_clip, used
from takeover.instagram.rehearsal.parameters import asked
from takeover.instagram.rehearsal.tokens import Deed

VERSION = "/v<int:major>.0"

graph_publishing = Blueprint("graph_publishing", __name__)
graph_publishing.register_error_handler(GraphError, told)


@graph_publishing.post(f"{VERSION}/<ig_id>/media")
def create_container(major: int, ig_id: str) -> ResponseReturnValue:
    token = the_token()
    for_deed(token, Deed.PUBLISH)
    account = owned(ig_id, token)
    made = make(account, asked(given(), token.login), the_accounts().behaviour, at=now())
    if not made.awaits_bytes:
        return {"id": made.id}
    return {"id": made.id, "uri": f"{request.host_url}ig-api-upload/v{major}.0/{made.id}"}


@graph_publishing.post(f"{VERSION}/<ig_id>/media_publish")
def media_publish(major: int, ig_id: str) -> ResponseReturnValue:
    token = the_token()
    for_deed(token, Deed.PUBLISH)
    account = owned(ig_id, token)
    id = str(given().get("creation_id", ""))
    if not id:
        raise wrong("The parameter creation_id is required.")
    container = account.containers.find(id)
    if container is None:
        raise GraphError("The media builder is missing or expired.", 24, 2207008)
    return {"id": publish(account, container, the_accounts().behaviour, at=now()).media_id}


@graph_publishing.get(f"{VERSION}/<ig_id>/content_publishing_limit")
def content_publishing_limit(major: int, ig_id: str) -> ResponseReturnValue:
    """`since` may be an instant in the last 24 hours, as seconds since 1970."""
    token = the_token()
    for_deed(token, Deed.PUBLISH)
    account = owned(ig_id, token)
    behaviour = the_accounts().behaviour
    node = {
        "quota_usage": used(account, behaviour, since=now() - DAY),
        "config": {"quota_total": behaviour.quota_total, "quota_duration": 86400},
    }
    fields = wanted() or {"quota_usage": {}}
    return {"data": [chosen(node, fields, kind="ContentPublishingLimit")]}


@graph_publishing.post("/ig-api-upload/v<int:major>.0/<id>")
def upload(major: int, id: str) -> ResponseReturnValue:
    """A clip's bytes, or the rest of them from `offset` on."""
    token = the_token("OAuth")
    for_deed(token, Deed.PUBLISH)
    container = _awaiting(id, token.accounts)
    offset, size = (request.headers.get(name, "") for name in ("offset", "file_size"))
    if container is None or not offset.isdigit() or not size.isdigit():
        return _refused("The headers offset and file_size are required.", retriable=False)
    if int(offset) != len(container.received):
        return _refused(f"The next byte is {len(container.received)}.", retriable=True)
    container.expected = int(size)
    container.received += request.get_data()
    if len(container.received) > container.expected:
        container.received.clear()
        return _refused("There are more bytes than file_size says.", retriable=False)
    if len(container.received) == container.expected:
        take_clip(container, bytes(container.received))
        container.received.clear()
    return {"success": True, "message": "Upload successful."}


def _awaiting(id: str, usernames: tuple[str, ...]) -> Container | None:
    for username in usernames:
        container = the_accounts().get(username).containers.find(id)
        if container is not None and container.awaits_bytes:
            return container
    return None


def _refused(message: str, *, retriable: bool) -> ResponseReturnValue:
    info = {"retriable": retriable, "type": "ProcessingFailedError", "message": message}
    return {"debug_info": info}, 400
