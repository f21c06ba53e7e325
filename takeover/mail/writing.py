"""Writing a message into the outbox, in its reader's language, with the change it tells of."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from flask import current_app, render_template
from jinja2_fragments.flask import render_block
from mjml import mjml2html
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.i18n import in_language_of
from takeover.mail.models import Message, MessageState
from takeover.plain import first_name, without_controls
from takeover.web import settings


class Reader(Protocol):
    """Whoever a message goes to."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str: ...


def write(
    session: Session,
    kind: str,
    *,
    to: Reader,
    key: str,
    at: datetime,
    link: str | Callable[[], str] = "",
    **facts: Any,
) -> Message | None:
    """Put a message of that kind into the outbox, to be committed with the change.

    `mail/<kind>.txt` has the blocks `subject`, `body` (paragraphs apart by a blank line) and
    `action` (what the button to `link` says). Returns None where the message of that key was
    written before: each is sent once. A callable `link` is made only for a message that is new.
    A message about a `programme` names it at its foot.
    """
    if session.scalar(select(Message.id).where(Message.key == key)):
        return None
    facts = {"programme": None} | facts
    facts |= {
        "reader": to,
        "first_name": first_name(to.name),
        "link": link() if callable(link) else link,
        "answers_go_to": settings().mail_from,
    }
    template = f"mail/{kind}.txt"
    with in_language_of(to.language):
        # Not split() alone: a no-break space belongs where it is.
        subject = re.sub(r"[ \t\r\n]+", " ", _block(template, "subject", facts))
        body, action = _block(template, "body", facts), _block(template, "action", facts)
        facts |= {"subject": subject, "paragraphs": body.split("\n\n"), "action": action}
        text = render_template("mail/layout.txt", **facts)
        html = mjml2html(
            render_template("mail/layout.mjml", **facts), fonts={}, disable_comments=True
        )
    message = Message(
        key=key,
        kind=kind,
        person_id=to.id,
        address=to.email,
        language=to.language,
        subject=subject[:200],
        text=text,
        html=html,
        state=MessageState.WAITING,
        written_at=at,
        next_try_at=at,
    )
    session.add(message)
    return message


def _block(template: str, name: str, facts: dict[str, Any]) -> str:
    """What it says. A name of long ago may hold what no message can: the message goes out still."""
    return without_controls(render_block(template, name, **facts)).strip()


def kinds() -> list[str]:
    """Every kind of message there is a template for."""
    found = current_app.jinja_env.list_templates(
        filter_func=lambda name: name.startswith("mail/") and name.endswith(".txt")
    )
    return sorted(n.removeprefix("mail/").removesuffix(".txt") for n in found if "layout" not in n)
