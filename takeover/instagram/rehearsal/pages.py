"""What a person sees: profiles, each post, stories, and buttons for what goes wrong."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.account import Account, Standing
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.behaviour import Republish
from takeover.instagram.rehearsal.control import mishap, the_wire
from takeover.instagram.rehearsal.faults import CONTROL
from takeover.instagram.rehearsal.mishaps import MISHAPS, WHERE
from takeover.instagram.rehearsal.posts import Post

screens = Blueprint("pages", __name__, template_folder="templates")


@screens.get("/")
def everybody() -> ResponseReturnValue:
    return render_template("rehearsal/everybody.html", accounts=list(the_accounts()))


@screens.get("/<username>/")
def profile(username: str) -> ResponseReturnValue:
    account = _account(username)
    posts = [post for post in account.posts() if post.kind is not Kind.STORY]
    return render_template(
        "rehearsal/profile.html", account=account, posts=posts, stories=_stories(account)
    )


@screens.get("/p/<code>/")
@screens.get("/reel/<code>/")
def permalink(code: str) -> ResponseReturnValue:
    found = the_accounts().find_post(code)
    if found is None:
        abort(404)
    account, post = found
    return render_template("rehearsal/post.html", account=account, post=post)


@screens.get("/stories/<username>/", defaults={"pk": 0})
@screens.get("/stories/<username>/<int:pk>/")
def story(username: str, pk: int) -> ResponseReturnValue:
    """One story, with the way to the next; without a number, the oldest that is still there."""
    account = _account(username)
    stories = _stories(account)
    at = next((n for n, post in enumerate(stories) if pk in (0, post.pk)), None)
    if at is None:
        abort(404)
    following = stories[at + 1] if at + 1 < len(stories) else None
    return render_template(
        "rehearsal/story.html", account=account, post=stories[at], following=following
    )


@screens.get(CONTROL)
def desk() -> ResponseReturnValue:
    """Everything that can be chosen by button."""
    return render_template(
        "rehearsal/control.html",
        accounts=list(the_accounts()),
        behaviour=the_accounts().behaviour,
        faults=the_wire().faults(),
        log=the_wire().log()[:-40:-1],
        mishaps=MISHAPS,
        where=WHERE,
        republish=list(Republish),
        standings=list(Standing),
    )


@screens.post(f"{CONTROL}choose/mishap")
def choose_mishap() -> ResponseReturnValue:
    the_wire().add(**mishap(request.form))
    return _back()


@screens.post(f"{CONTROL}choose/nothing")
def choose_nothing() -> ResponseReturnValue:
    the_wire().clear_faults()
    return _back()


@screens.post(f"{CONTROL}choose/behaviour")
def choose_behaviour() -> ResponseReturnValue:
    chosen = request.form.to_dict()
    switches = {name: name in chosen for name in ("drops_captions", "hides_at")}
    the_accounts().behaviour.set(**{**chosen, **switches})
    return _back()


@screens.post(f"{CONTROL}choose/expire")
def choose_expire() -> ResponseReturnValue:
    the_accounts().expire(request.form["what"])
    return _back()


@screens.post(f"{CONTROL}choose/account")
def choose_account() -> ResponseReturnValue:
    account = _account(request.form["username"])
    account.standing = Standing(request.form["standing"])
    account.linked = "linked" in request.form
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("pages.desk"), 303)


def _account(username: str) -> Account:
    account = the_accounts().find(username)
    if account is None or account.username != username:
        abort(404)
    return account


def _stories(account: Account) -> list[Post]:
    """Oldest first, as they are watched."""
    at = now()
    return [p for p in reversed(account.posts()) if p.kind is Kind.STORY and p.is_live(at)]
