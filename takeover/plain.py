"""Text as somebody typed it, without what cannot be seen, stored or sent."""

# Control characters: PostgreSQL refuses the first of them, XML (and so a message in HTML) the
# others. Word processors leave some behind where a line breaks.
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 65534, 65535))
_CONTROLS |= {ord(char): char for char in "\t\n\r"} | {ord(char): "\n" for char in "\v\f\x85"}


def without_controls(text: str | None) -> str:
    """Its lines and their words as they were; empty for None."""
    return (text or "").translate(_CONTROLS)
