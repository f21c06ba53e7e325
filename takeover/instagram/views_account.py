"""The page of a programme's account: how it stands, and connecting it by one of Meta's logins."""

import importlib
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from takeover.clock import now
from takeover.db import db
from takeover.i18n import moment
from takeover.instagram.account_state import (
    last_success,
    last_trouble,
    state_of,
    who_connected,
)
from takeover.instagram.doors import lock_connection
from takeover.instagram.graph.credentials import HostName
from takeover.instagram.graph.hurdles import Hurdle, NotLetIn
from takeover.instagram.login_words import words_of_hurdle
from takeover.instagram.looking_after import (
    NeedsNewKeys,
    NotStopped,
    StillBlocked,
    disconnect,
    go_on,
)
from takeover.instagram.meta_app import (
    SETTINGS_OF,
    app_id_and_secret,
    takes_passwords,
    way_back,
)
from takeover.instagram.models import Connection
from takeover.instagram.slowing_down import waits_until
from takeover.instagram.ways_back import KeptOut, begin, find_way, keep_out, take_kept_out
from takeover.instagram.who_sees_to_it import CONNECTERS
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.programmes.models import Programme
from takeover.web import page, see_other, settings

pages = Blueprint("accounts", __name__)

whoever_connects = only(*CONNECTERS)
# Approvers are told of trouble with the account, and are led here.
whoever_reads = only(*CONNECTERS, Role.APPROVER)


@pages.get("/accounts")
@whoever_connects
def everyone() -> Response:
    programmes = list(db.session.scalars(select(Programme).order_by(Programme.id)))
    if len(programmes) == 1:
        return see_other(_account_page(programmes[0].slug))
    states = [state_of(one, session=db.session, at=now()) for one in programmes]
    return page("instagram/accounts.html", states=states)


@pages.get("/programmes/<slug>/account")
@whoever_reads
def account(slug: str) -> Response:
    programme = get_programme(slug)
    may_connect = whoever_connects.lets_in(me())
    state = state_of(programme, session=db.session, at=now(), may_connect=may_connect)
    kept = take_kept_out(slug)
    return page(
        "instagram/account.html",
        programme=programme,
        state=state,
        by=who_connected(state.connection, session=db.session) if state.connection else None,
        success=last_success(programme, session=db.session),
        trouble=last_trouble(programme, session=db.session),
        kept=words_of_hurdle(
            kept.hurdle, host=kept.host, account=programme.account, names=kept.names
        )
        if kept
        else None,
        logins=[_login(host) for host in SETTINGS_OF],
        takes_passwords=takes_passwords(),
        may_connect=may_connect,
        sandbox_is_next=settings().publisher == "sandbox",
        sees_rota=not me().roles.isdisjoint({Role.LEAD, Role.APPROVER}),
        is_administrator=Role.ADMINISTRATOR in me().roles,
        has_others=may_connect and _how_many_programmes() > 1,
    )


@pages.post("/programmes/<slug>/account/login/<any(facebook, instagram):host>")
@whoever_connects
def begin_login(slug: str, host: HostName) -> Response:
    """A page that goes on by itself. No redirect: the policy lets no form end elsewhere."""
    programme = get_programme(slug)
    if app_id_and_secret(host) is None:
        return see_other(_account_page(slug))
    state = begin(programme.slug, host, session=db.session, at=now())
    db.session.commit()
    address = _letting_in().dialog_for(host, state)
    login = "Facebook" if host == "facebook" else "Instagram"
    return Response(
        render_template("instagram/going.html", programme=programme, address=address, login=login)
    )


@pages.get("/account/back/<any(facebook, instagram):host>")
@whoever_connects
def come_back(host: HostName) -> Response:
    """What is in the address is used up here, and gone from the next page's."""
    db.session.commit()  # what was read so far: on SQLite a reader becomes no writer
    slug = find_way(host, request.args.get("state", ""), session=db.session, at=now())
    db.session.commit()
    if slug is None:
        words = words_of_hurdle(Hurdle.STALE, host=host, account="")
        flash(f"{words.what_happened} {words.what_to_do}", "attention")
        return see_other(url_for("accounts.everyone"))
    programme = get_programme(slug)
    try:
        _let_in(programme, host)
    except NotLetIn as error:
        db.session.rollback()
        keep_out(slug, KeptOut(host=host, hurdle=error.hurdle, names=error.names))
        return see_other(_account_page(slug))
    db.session.commit()
    flash(_("@%(account)s is connected. Approved posts go out to it.", account=programme.account))
    return see_other(_account_page(slug))


@pages.post("/programmes/<slug>/account/quota")
@whoever_connects
def ask(slug: str) -> Response:
    programme = get_programme(slug)
    connection = get_connection(programme)
    if connection.publisher != "graph" or _is_left_alone(programme):
        return see_other(_account_page(slug))
    was_stopped = connection.stopped_at is not None
    if _letting_in().ask_for_quota(connection, session=db.session, at=now()):
        if was_stopped:
            words = _(
                "Instagram has answered. The account stays stopped until somebody lets it go on."
            )
            flash(words, "attention")
        return see_other(_account_page(slug))
    db.session.refresh(connection)
    if _is_left_alone(programme):
        return see_other(_account_page(slug))
    if connection.stopped_at is None:
        flash(_("Instagram gave no clear answer. Try again in a few minutes."), "attention")
    elif was_stopped:
        flash(_("Nothing has changed. What to do stands here."), "attention")
    else:
        flash(
            _("Instagram has answered: nothing goes out for now. What to do stands here."),
            "attention",
        )
    return see_other(_account_page(slug))


@pages.post("/programmes/<slug>/account/go-on")
@whoever_connects
def let_go_on(slug: str) -> Response:
    connection = get_connection(get_programme(slug))
    try:
        sure = request.form.get("sure") == "1"
        go_on(connection, session=db.session, by=me(), at=now(), all_the_same=sure)
    except NotStopped:
        flash(_("It was going on already."), "calm")
    except StillBlocked as early:
        until = moment(early.until)
        words = _("Instagram blocks the account. Do not let it go on before %(when)s.", when=until)
        flash(words, "attention")
    except NeedsNewKeys:
        flash(_("Looking does not help here: connect the account again."), "attention")
    else:
        db.session.commit()
        flash(_("Approved posts go out again."), "good")
    return see_other(_account_page(slug))


@pages.post("/programmes/<slug>/account/disconnect")
@whoever_connects
def end(slug: str) -> Response:
    programme = get_programme(slug)
    disconnect(get_connection(programme), session=db.session, by=me(), at=now())
    db.session.commit()
    flash(_("@%(account)s is not connected any more.", account=programme.account), "good")
    return see_other(_account_page(slug))


def get_programme(slug: str) -> Programme:
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        abort(404)
    return programme


def get_connection(programme: Programme) -> Connection:
    """Locked: a post may be on its way, and stopping the account."""
    connection = lock_connection(db.session, programme.id)
    if connection is None:
        abort(404)
    return connection


def _is_left_alone(programme: Programme) -> bool:
    """Instagram asked us to slow down: the page says until when."""
    return waits_until(db.session, programme.id, at=now()) is not None


def _let_in(programme: Programme, host: HostName) -> None:
    """Raises NotLetIn."""
    if "error" in request.args or "code" not in request.args:
        denied = request.args.get("error") == "access_denied"
        raise NotLetIn(Hurdle.DENIED if denied else Hurdle.DOWN)
    if app_id_and_secret(host) is None:
        raise NotLetIn(Hurdle.APP)
    _letting_in().connect_by_login(
        programme.id, host, request.args["code"], session=db.session, by=me(), at=now()
    )


def _how_many_programmes() -> int:
    return db.session.scalar(select(func.count()).select_from(Programme)) or 0


def _login(host: HostName) -> dict[str, Any]:
    return {
        "host": host,
        "is_set_up": app_id_and_secret(host) is not None,
        "settings": SETTINGS_OF[host],
        "way_back": way_back(host),
    }


def _account_page(slug: str) -> str:
    return url_for("accounts.account", slug=slug)


def _letting_in() -> Any:
    """Loaded with the first who connects: it brings the clients and the sealing."""
    return importlib.import_module("takeover.instagram.letting_in")
