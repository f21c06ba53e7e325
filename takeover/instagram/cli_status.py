"""`flask account status` and `disconnect`: what the account's page shows and does, without it."""

import json
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.instagram.account_state import AccountState, last_success, state_of
from takeover.instagram.doors import lock_connection
from takeover.instagram.looking_after import disconnect
from takeover.programmes.models import Programme


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One list, for another program.")
@with_appcontext
def account_status(as_json: bool) -> None:
    """Say of each programme how its account stands. Instants are UTC."""
    programmes = db.session.scalars(select(Programme).order_by(Programme.slug))
    found = [_described(state_of(one, session=db.session, at=now())) for one in programmes]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo("\n\n".join(_in_lines(one) for one in found) or "There is no programme yet.")


@click.command("disconnect")
@click.option("--programme", "slug", required=True, help="The programme's short name.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@with_appcontext
def disconnect_account(slug: str, yes: bool) -> None:
    """Forget what opens a programme's account. What is published stays."""
    programme = programme_called(slug)
    if not yes:
        click.confirm(
            f"This forgets what opens @{programme.account}; to publish there again somebody has "
            "to connect it again. Go on?",
            abort=True,
        )
    connection = lock_connection(db.session, programme.id)
    if connection is None:
        raise click.ClickException(f"@{programme.account} is not connected.")
    seen = connection.connected_at
    disconnect(connection, session=db.session, seen=seen, by=None, at=now())
    db.session.commit()
    state = state_of(programme, session=db.session, at=now())
    click.echo(f"@{programme.account} is not connected any more. {state.sentence}")


def programme_called(slug: str) -> Programme:
    """Raises ClickException, with the names there are."""
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        known = ", ".join(db.session.scalars(select(Programme.slug).order_by(Programme.slug)))
        raise click.ClickException(
            f"There is no programme {slug}. "
            + (f"The programmes are: {known}." if known else "There are none yet.")
        )
    return programme


def _described(state: AccountState) -> dict[str, Any]:
    connection, success = state.connection, last_success(state.programme, session=db.session)
    quota = state.quota
    return {
        "programme": state.programme.slug,
        "account": state.programme.account,
        "state": state.word,
        "publisher": connection.publisher if connection else None,
        "login": connection.facts.get("host") if connection else None,
        "connected_at": _iso(connection.connected_at if connection else None),
        "ends_at": _iso(connection.expires_at if connection else None),
        "is_renewed": state.is_renewed,
        "stopped_at": _iso(connection.stopped_at if connection else None),
        "stopped_why": str(state.stop.why) if state.stop else "",
        "quota": {"used": quota.used, "total": quota.total, "as_of": _iso(quota.as_of)}
        if quota
        else None,
        "last_success": {"at": _iso(success.published_at), "permalink": success.permalink}
        if success
        else None,
    }


def _in_lines(one: dict[str, Any]) -> str:
    """What is not known has no line."""
    quota, success = one["quota"], one["last_success"]
    door = " by ".join(filter(None, (one["publisher"], one["login"])))
    facts = {
        "state": one["state"],
        "door": door,
        "connected": one["connected_at"],
        "ends": one["ends_at"] and one["ends_at"] + (", renewed" if one["is_renewed"] else ""),
        "stopped": one["stopped_at"] and f"{one['stopped_at']}: {one['stopped_why']}",
        "posts today": quota and f"{quota['used']} of {quota['total']}, as of {quota['as_of']}",
        "last success": success and f"{success['at']} {success['permalink']}".rstrip(),
    }
    head = f"{one['programme']}: @{one['account']}"
    return "\n".join([head, *(f"  {name:<13} {said}" for name, said in facts.items() if said)])


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
