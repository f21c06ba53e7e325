"""The page of a programme's account: how it stands, and connecting it by one of Meta's logins."""

import importlib
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from takeover.clock import instant_in, now
from takeover.db import db, write_from_here
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
    AnotherThanSeen,
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
from takeover.instagram.slowing_down import waits_until
from takeover.instagram.ways_back import KeptOut, begin, find_way, keep_out, take_kept_out
from takeover.instagram.who_sees_to_it import CONNECTERS
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.programmes.clocks import clock_of
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
    write_from_here()
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
    _say_connected(programme)
    return see_other(_account_page(slug))


def _say_connected(programme: Programme) -> None:
    """With what the connection, which has taken the place of any earlier one, may not do."""
    account = programme.account
    lacks = state_of(programme, session=db.session, at=now()).lacks
    if lacks:
        words = _(
            "@%(account)s is connected, but these permissions are missing: %(permissions)s.",
            account=account,
            permissions="; ".join(lacks),
        )
        flash(words, "attention")
    else:
        flash(_("@%(account)s is connected.", account=account))


@pages.post("/programmes/<slug>/account/quota")
@whoever_connects
def ask(slug: str) -> Response:
    programme = get_programme(slug)
    connection = lock_connection(db.session, programme.id)
    if connection is None:
        return _not_connected(programme)
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
    programme = get_programme(slug)
    connection = lock_connection(db.session, programme.id)
    if connection is None:
        return _not_connected(programme)
    try:
        sure = request.form.get("sure") == "1"
        go_on(connection, session=db.session, seen=_seen(), by=me(), at=now(), all_the_same=sure)
    except NotStopped:
        flash(_("It was going on already."), "calm")
    except AnotherThanSeen:
        _say_it_is_another()
    except StillBlocked as early:
        until = clock_of(programme, early.until)
        words = _("Instagram blocks the account. Do not let it go on before %(when)s.", when=until)
        flash(words, "attention")
    except NeedsNewKeys:
        flash(_("Looking does not help here: connect the account again."), "attention")
    else:
        db.session.commit()
        flash(_("Noted: the account may go on."), "good")
    return see_other(_account_page(slug))


@pages.post("/programmes/<slug>/account/disconnect")
@whoever_connects
def end(slug: str) -> Response:
    programme = get_programme(slug)
    connection = lock_connection(db.session, programme.id)
    if connection is not None:
        try:
            disconnect(connection, session=db.session, seen=_seen(), by=me(), at=now())
        except AnotherThanSeen:
            _say_it_is_another()
            return see_other(_account_page(slug))
        db.session.commit()
    return _not_connected(programme)  # a second tap means the first


def get_programme(slug: str) -> Programme:
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        abort(404)
    return programme


def _seen() -> datetime | None:
    """What the page showed that the form was on."""
    return instant_in(request.form.get("seen", ""))


def _say_it_is_another() -> None:
    words = _("It is not as you saw it any more. Nothing was changed: this is how it stands now.")
    flash(words, "attention")


def _not_connected(programme: Programme) -> Response:
    flash(_("@%(account)s is not connected any more.", account=programme.account), "good")
    return see_other(_account_page(programme.slug))


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
