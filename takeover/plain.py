"""Text as somebody typed it, without what cannot be seen, stored or sent."""

import re

from markupsafe import Markup, escape

# Control characters: PostgreSQL refuses the first of them, XML (and so a message in HTML) the
# others. Word processors leave some behind where a line breaks.
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 65534, 65535))
_CONTROLS |= {ord(char): char for char in "\t\n\r"} | {ord(char): "\n" for char in "\v\f\x85"}
# Whoever turns the direction of writing makes a text look like another one.
_CONTROLS |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters, by their category, of no ink

# An e-mail address is long already, and so is an account's name in a title.
_LONG_WORD = re.compile(r"\S{32,}|@\S{16,}|[^\s@]+@[^\s@]+\.\S+")
_JOINTS = re.compile(r"(?<=[/_@?&=#])(?!/)|(?<=\w)(?=\.\w)")  # of an address; none within "//"


def without_controls(text: str | None) -> str:
    """Its lines and their words as they were; empty for None, and where nothing can be seen."""
    shown = (text or "").translate(_CONTROLS)
    return shown if any(_has_ink(char) for char in shown) else ""


def one_line(text: str | None) -> str:
    """What somebody typed, or their phone calls a file, without what a line does not hold."""
    return " ".join(without_controls(text).split())


def in_minutes(seconds: int) -> str:
    """`16 min 40 s`, which is written so in every language of ours; `40 s` where it is less."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes}\u00a0min"] * bool(minutes) + [f"{rest}\u00a0s"] * bool(rest or not minutes)
    return " ".join(parts)


def _has_ink(char: str) -> bool:
    return char.isprintable() and not char.isspace() and char not in _BLANK


def first_name(name: str) -> str:
    """What somebody is called to their face: the first word of their name, as they wrote it."""
    return (name.split() or [""])[0]


def breakable(text: str) -> Markup:
    """For HTML: a word too long for a phone, such as an address, may go on in the next line at
    its joints. Elsewhere it would break in the middle of a name."""
    whole, at = Markup(), 0
    for word in _LONG_WORD.finditer(text):
        whole += escape(text[at : word.start()])
        whole += Markup("<wbr />").join(_JOINTS.split(word[0]))
        at = word.end()
    return whole + escape(text[at:])
