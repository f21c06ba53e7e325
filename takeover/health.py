"""Two questions a load balancer asks: do you live, and can you work?"""

from flask import Blueprint, Response, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from takeover.db import db
from takeover.people.guards import anyone

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@anyone
def healthz() -> Response:
    return _plain("ok", 200)


@pages.get("/readyz")
@anyone
def readyz() -> Response:
    """503 while the database does not answer or its tables are not there yet."""
    try:
        db.session.execute(text("SELECT 1 FROM programmes LIMIT 1"))
    except SQLAlchemyError:
        return _plain("the database is not ready", 503)
    return _plain("ready", 200)


def _plain(words: str, status: int) -> Response:
    response = make_response(words + "\n", status)
    response.mimetype = "text/plain"
    return response
