"""The record of decisions, for administrators. Nobody edits it, here or anywhere."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from takeover.db import db
from takeover.people.guards import only
from takeover.people.models import Role
from takeover.record.forms import LARGEST_ID, ChoiceForm
from takeover.record.reading import read_entries
from takeover.record.words import action_words, exact_moment, fact_words, kind_words
from takeover.web import page

pages = Blueprint("record", __name__)


@pages.get("/record")
@only(Role.ADMINISTRATOR)
def entries() -> Response:
    form = ChoiceForm(request.args)
    understood = form.validate()
    found = read_entries(
        db.session,
        kind=form.kind.data or "",
        object_id=form.object.data if understood else None,
        before=_number("before"),
        after=_number("after"),
    )

    def go_on(**where: int) -> str:
        chosen: dict[str, Any] = {
            **where,
            "kind": form.kind.data or None,
            "object": form.object.data,
        }
        return url_for("record.entries", **chosen)

    return page(
        "record/entries.html",
        form=form,
        found=found,
        older=go_on(before=found.older) if found.older else None,
        newer=go_on(after=found.newer) if found.newer else None,
        action_words=action_words,
        fact_words=fact_words,
        exact_moment=exact_moment,
        kind_words=kind_words,
        status=200 if understood else 422,
    )


def _number(name: str) -> int | None:
    """An id of the address, or None where it is not one."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST_ID else None
