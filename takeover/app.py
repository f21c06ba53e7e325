"""The roof: everything the application is made of, in the order it is put together."""

from inspect import iscoroutinefunction
from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

import briefs.news
import briefs.views
import moderation.ahead
import moderation.views_address
import moderation.views_not_out
import moderation.views_now
import moderation.views_pausing
import moderation.views_posts
import moderation.views_with_post
import rota.views
import takeover.demo.cli
import takeover.demo.views
import takeover.errors
import takeover.health
import takeover.instagram.jobs
import takeover.instagram.keeping
import takeover.instagram.status
import takeover.instagram.telling
import takeover.instagram.views
import takeover.instagram.views_account
import takeover.instagram.views_sign_in
import takeover.instagram.views_takedown
import takeover.mail.sending
import takeover.media.cli
import takeover.media.preparing
import takeover.media.sweeping
import takeover.media.uploads.completing
import takeover.media.uploads.expiring
import takeover.media.uploads.hooks
import takeover.media.uploads.views
import takeover.media.views
import takeover.navigation
import takeover.people.cli
import takeover.people.views
import takeover.posts.ahead
import takeover.posts.erasing
import takeover.posts.journey
import takeover.posts.submitting
import takeover.posts.views
import takeover.posts.views_pictures
import takeover.processes
import takeover.programmes.cli
import takeover.programmes.clocks
import takeover.programmes.views
import takeover.record.views
import takeover.welcome.views
from config import ROOT, Settings
from takeover import i18n, logs, schedule, web, work
from takeover.db import db
from takeover.late import LateCommand, LateGroup
from takeover.people import guards, sessions
from takeover.posts import receiving
from takeover.posts.finding import was_submitted

BLUEPRINTS = (
    takeover.health.pages,
    takeover.welcome.views.pages,
    takeover.people.views.pages,
    takeover.programmes.views.pages,
    takeover.record.views.pages,
    takeover.media.views.pages,
    takeover.media.uploads.views.pages,
    takeover.posts.views.pages,
    takeover.posts.views_pictures.pages,
    takeover.instagram.views.pages,
    takeover.instagram.views_sign_in.pages,  # the account's, with both of its modules
    takeover.instagram.views_takedown.pages,
    briefs.views.pages,
    rota.views.pages,
    moderation.views_posts.pages,  # those of comms, with both of its modules
    moderation.views_pausing.pages,
    moderation.views_now.pages,  # the calendar's, with both of its modules
    moderation.views_with_post.pages,
    moderation.views_not_out.pages,
    moderation.views_address.pages,
)
DEMO_BLUEPRINTS = (takeover.demo.views.pages,)

JOBS = (
    takeover.mail.sending.JOB,
    takeover.media.preparing.JOB,
    takeover.media.uploads.completing.JOB,
    takeover.media.uploads.expiring.JOB,
    takeover.media.sweeping.JOB,
    takeover.posts.submitting.JOB,
    takeover.posts.erasing.JOB,
    *takeover.instagram.jobs.JOBS,
    *takeover.instagram.keeping.JOBS,
    takeover.instagram.telling.JOB,
    takeover.people.sessions.JOB,
)
TASKS = (
    takeover.mail.sending.SEND,
    takeover.media.preparing.EXPECT,
    takeover.media.uploads.completing.TAKE_IN,
    takeover.posts.submitting.PREPARE_FOR_POSTS,
    takeover.instagram.jobs.PUBLISH,
    takeover.instagram.keeping.KEEP,
    takeover.instagram.telling.TELL,
)
COMMANDS = (
    LateGroup(
        "db",
        "takeover.migrating:commands",
        help="Bring the database's tables up to date, and write migrations.",
    ),
    LateGroup(
        "account", "takeover.instagram.cli:account", help="The accounts that posts go out to."
    ),
    LateCommand(
        "rehearsal",
        "takeover.instagram.rehearsal.cli:rehearsal",
        help="Run a stand-in for Instagram, to try publishing with.",
    ),
    takeover.instagram.status.publish,
    takeover.people.cli.people,
    takeover.programmes.cli.programme,
    takeover.media.cli.media,
    takeover.demo.cli.demo,
    takeover.processes.clock,
    takeover.processes.worker,
    takeover.processes.job,
)
# Each feature keeps its templates beside its code; the names have its folder in front.
TEMPLATES = (
    "takeover/templates",
    "takeover/people/templates",
    "takeover/programmes/templates",
    "takeover/record/templates",
    "takeover/posts/templates",
    "takeover/instagram/templates",
    "takeover/demo/templates",
    "takeover/welcome/templates",
    "briefs/templates",
    "rota/templates",
    "moderation/templates",
)


def create_app(settings: Settings) -> Flask:
    app = Flask("takeover", root_path=str(ROOT / "takeover"))
    app.extensions["settings"] = settings
    app.secret_key = settings.secret_key or None
    app.config.update(
        SQLALCHEMY_ENGINES={
            "default": {
                "url": settings.database_url,
                "pool_pre_ping": True,
                "hide_parameters": True,  # an error's text goes into the log; names must not
            }
        },
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may lie open over a shift
    )
    logs.init_app(app)
    _open_templates(app)
    _open_database(app, settings)
    web.init_app(app)
    sessions.init_app(app)
    guards.init_app(app)
    i18n.init_app(
        app, language_of_person=sessions.language_of_person, zone_of_person=sessions.zone_of_person
    )
    takeover.programmes.clocks.init_app(app)
    work.init_app(app, TASKS)
    schedule.init_app(app, JOBS)
    takeover.errors.init_app(app)
    takeover.navigation.init_app(app)
    takeover.posts.ahead.init_app(app, ahead_of=moderation.ahead.ahead_of)
    takeover.posts.journey.init_app(app, brief_of=briefs.news.news_of_brief)
    takeover.media.views.init_app(app, was_submitted=lambda id: was_submitted(db.session, id))
    takeover.media.preparing.init_app(app, task=takeover.posts.submitting.PREPARE_FOR_POSTS)
    takeover.media.uploads.hooks.init_app(
        app,
        welcome=receiving.welcome,
        expected=receiving.expected,
        arrived=receiving.arrived,
        stopped=receiving.stopped,
    )
    for pages in BLUEPRINTS + (DEMO_BLUEPRINTS if settings.demo else ()):
        app.register_blueprint(pages)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def _open_templates(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / folder) for folder in TEMPLATES])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.autoescape = lambda name: name is None or not name.endswith(".txt")


def _open_database(app: Flask, settings: Settings) -> None:
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(
            parents=True, exist_ok=True
        )
    db.init_app(app)
    # What closes asynchronous sessions costs each request a thread; there are none of them.
    closing = app.teardown_appcontext_funcs
    closing[:] = [close for close in closing if not iscoroutinefunction(close)]
