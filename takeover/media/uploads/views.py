"""Sending files that may be interrupted: the tus protocol, for those who are signed in."""

from contextlib import suppress
from typing import IO
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request, session, url_for
from werkzeug.http import http_date

from takeover.clock import now
from takeover.db import db
from takeover.media.full import DiskFull
from takeover.media.models import MediaState
from takeover.media.refusals import Empty, Refused
from takeover.media.uploads import protocol
from takeover.media.uploads.beginning import begin, find_upload, lock, postpone, stop
from takeover.media.uploads.completing import complete
from takeover.media.uploads.finishing import is_whole
from takeover.media.uploads.hooks import NotWelcome, hooks
from takeover.media.uploads.limits import TooMuch
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Gone, OutOfTurn, Parts
from takeover.media.uploads.protocol import Checksum, Problem
from takeover.media.uploads.receiving import check_length, receive
from takeover.people.guards import anyone, me, signed_in
from takeover.web import csrf, public_address, settings

pages = Blueprint("uploads", __name__, url_prefix="/media/uploads")

# Tus clients know no token of ours. They need none: a form on somebody else's page cannot send
# the header Tus-Resumable, which every request must have, and a script there would have to ask
# first, with OPTIONS, and is given no leave.
csrf.exempt(pages)

# What is not told as "too large".
_STATUSES = ((NotWelcome, 403), (Empty, 400), (DiskFull, 507))

_UNFINISHED = {MediaState.ARRIVING, MediaState.CANCELLED}

# Seconds without a byte after which a connection is given up, and its thread is free again.
SILENCE = 60.0


@pages.before_request
def _speak_tus() -> None:
    """Raises Problem."""
    if request.method == "OPTIONS":
        return
    if protocol.is_foreign(
        request.headers.get("Origin"), ours={settings().public_url, request.host_url}
    ):
        raise Problem(403, "This comes from somebody else's page.")
    if request.headers.get("Tus-Resumable") != protocol.VERSION:
        raise Problem(412, f"This speaks tus {protocol.VERSION}; say so in Tus-Resumable.")


@pages.after_request
def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = protocol.VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = protocol.VERSION
    return response


@pages.errorhandler(Problem)
def _explain(problem: Problem) -> Response:
    return Response(problem.sentence, problem.status, content_type="text/plain; charset=utf-8")


@pages.route("/", methods=["OPTIONS"], strict_slashes=False)
@pages.route("/<token>", methods=["OPTIONS"])
@anyone
def options(token: str = "") -> Response:
    del token
    return _answer(
        204,
        Tus_Version=protocol.VERSION,
        Tus_Extension=protocol.EXTENSIONS,
        Tus_Max_Size=protocol.MOST_BYTES,
        Tus_Checksum_Algorithm=",".join(protocol.CHECKSUMS),
    )


@pages.post("/", strict_slashes=False, provide_automatic_options=False)
@signed_in
def create() -> Response:
    for extension in ("Upload-Defer-Length", "Upload-Concat"):
        if extension in request.headers:
            raise Problem(400, f"{extension} is not supported.")
    size, promised = protocol.number(request.headers, "Upload-Length"), _promised()
    parts, with_bytes = Parts(settings().uploads_path), request.mimetype == protocol.CONTENT_TYPE
    if with_bytes:
        check_length(request.content_length or 0, most=size, promised=promised)
    mine = _begun(size, parts)
    if with_bytes:
        # The upload has begun whatever becomes of these bytes, and goes on from what is right.
        with suppress(Problem):
            _receive(mine, parts, offset=0, promised=promised)
    return _answer(201, Location=_address(mine.token), **_settle(mine, parts, before=0))


@pages.route(
    "/<token>", methods=["HEAD", "PATCH", "DELETE", "POST"], provide_automatic_options=False
)
@signed_in
def upload(token: str) -> Response:
    """Some networks let only GET and POST pass: a client may name the method in a header."""
    act = {"HEAD": _tell, "PATCH": _go_on, "DELETE": _stop}.get(
        request.headers.get("X-HTTP-Method-Override", request.method).upper()
    )
    return act(token) if act else abort(405)


def _tell(token: str) -> Response:
    mine, parts = _mine(token), Parts(settings().uploads_path)
    answer = _answer(
        200,
        **_settle(mine, parts, before=mine.bytes),
        Upload_Length=mine.bytes,
        Upload_Metadata=parts.metadata(token),
    )
    answer.cache_control.no_store = True
    return answer


def _go_on(token: str) -> Response:
    # A long one may end after its owner has signed out elsewhere: it brings no session back.
    session.modified = False
    if request.mimetype != protocol.CONTENT_TYPE:
        raise Problem(415, f"The body must be {protocol.CONTENT_TYPE}.")
    offset, promised = protocol.number(request.headers, "Upload-Offset"), _promised()
    mine, parts = _mine(token), Parts(settings().uploads_path)
    if offset != _offset(mine, parts):
        raise Problem(409, "The upload does not stand at that offset.")
    try:
        _receive(mine, parts, offset=offset, promised=promised)
    finally:
        told = _settle(mine, parts, before=offset)
    return _answer(204, **told)


def _stop(token: str) -> Response:
    """Only while it is under way: what has come is a picture, and goes with its post."""
    mine = _mine(token)
    locked = lock(db.session, mine.id)
    if locked is None or locked.media.state is not MediaState.ARRIVING:
        raise Problem(410, "The upload has ended.")
    hooks().stopped(locked.media, by=me(), at=now())
    stop(locked, session=db.session, by=me(), at=now())
    db.session.commit()
    Parts(settings().uploads_path).remove(token)
    return _answer(204)


def _begun(size: int, parts: Parts) -> Upload:
    """A new upload, committed. Raises Problem."""
    try:
        upload = begin(
            db.session,
            parts,
            size=size,
            metadata=protocol.metadata(request.headers),
            as_told=request.headers.get("Upload-Metadata", ""),
            quota=settings().upload_quota_mb,
            welcome=hooks().welcome,
            by=me(),
            at=now(),
        )
    except (Refused, TooMuch, NotWelcome, DiskFull) as no:
        db.session.rollback()
        status = next((one for kind, one in _STATUSES if isinstance(no, kind)), 413)
        raise Problem(status, str(no)) from no
    token, media_id = upload.token, upload.media_id
    db.session.commit()
    hooks().expected(media_id)
    return _mine(token)


def _mine(token: str) -> Upload:
    """As it is now, with nothing left open in the database: bytes may take their time.

    404 also for what is somebody else's. Raises Problem.
    """
    found = find_upload(db.session, token, owner=me()) or abort(404)
    db.session.close()  # what was read stays known
    if found.media.state is MediaState.CANCELLED:
        raise Problem(410, "The upload was stopped.")
    return found


def _offset(upload: Upload, parts: Parts) -> int:
    """How much has come: all, of one that is not under way any more. Raises Problem."""
    if upload.media.state is not MediaState.ARRIVING:
        return upload.bytes
    try:
        return parts.size(upload.token)
    except Gone as error:
        again = find_upload(db.session, upload.token, owner=me())
        db.session.close()
        if again is not None and again.media.state not in _UNFINISHED:
            return again.bytes  # another request was quicker to take it in
        raise Problem(410, "The upload has ended.") from error


def _receive(upload: Upload, parts: Parts, *, offset: int, promised: Checksum | None) -> None:
    """Raises Problem."""
    rest = upload.bytes - offset
    check_length(request.content_length or 0, most=rest, promised=promised)
    if not rest:
        return
    # For a body that does not say how long it is, where `_body` gives werkzeug's own stream: behind
    # gunicorn it does not, and `receive` alone counts.
    request.max_content_length = rest + 1
    if connection := request.environ.get("gunicorn.socket"):
        connection.settimeout(SILENCE)
    try:
        receive(
            _body(),
            parts=parts,
            token=upload.token,
            offset=offset,
            length=upload.bytes,
            promised=promised,
        )
    except OutOfTurn as error:
        raise Problem(409, "Another request goes on with this upload.") from error
    except Gone as error:
        raise Problem(410, "The upload has ended.") from error
    except DiskFull as error:
        raise Problem(507, str(error)) from error


def _body() -> IO[bytes]:
    """As the server gives it, where that ends by itself: werkzeug's own stream around it copies
    every byte twice more."""
    environ = request.environ
    return environ["wsgi.input"] if environ.get("wsgi.input_terminated") else request.stream


def _settle(upload: Upload, parts: Parts, *, before: int) -> dict[str, object]:
    """Have it taken in if it is whole; wait for the rest if it is more than `before` bytes by now.
    Gives the headers that tell how far it is. Raises Problem."""
    offset, expires_at = _offset(upload, parts), upload.expires_at
    if is_whole(upload, parts):
        complete(upload, parts, session=db.session, is_news=offset > before)
    elif offset > before:
        expires_at = postpone(upload, session=db.session, at=now())
        db.session.commit()
    if offset == upload.bytes:
        return {"Upload_Offset": offset}
    return {"Upload_Offset": offset, "Upload_Expires": http_date(expires_at)}


def _promised() -> Checksum | None:
    return protocol.checksum(request.headers)


def _address(token: str) -> str:
    """Without the host, which may have other names than ours; with what a proxy puts in front."""
    return urlsplit(public_address(url_for("uploads.upload", token=token))).path


def _answer(status: int, **headers: object) -> Response:
    told = {name.replace("_", "-"): str(value) for name, value in headers.items() if value != ""}
    return Response(status=status, headers=told)
