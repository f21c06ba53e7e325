"""Bring the catalogues up to date with the texts in code and templates, and compile them.

    .venv/bin/python -m takeover.translations

New texts come in empty; the checks fail until they have words. Texts that are gone are dropped.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from config import ROOT
from takeover.i18n import DEFAULT_LANGUAGE, LANGUAGES

FOLDERS = ("takeover", "rota", "briefs", "moderation")
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**/templates/**.mjml", "jinja2"),
]
KEYWORDS = {
    "_": None,
    "lazy": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


def texts() -> Catalog:
    """Every text that a person reads, as the source has it now."""
    found = Catalog(project="Takeover", charset="utf-8")
    for folder in FOLDERS:
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder,
            METHODS,
            {pattern: {"silent": "false"} for pattern, method in METHODS if method == "jinja2"},
            KEYWORDS,
            comment_tags=("Translators:",),
        ):
            found.add(
                message,
                None,
                [(f"{folder}/{name}", 0)],
                auto_comments=comments,
                context=context,
            )
    return found


def catalogue_of(language: str) -> Path:
    return ROOT / "takeover" / "translations" / language / "LC_MESSAGES" / "messages.po"


def bring_up_to_date(language: str, source: Catalog) -> int:
    """Returns how many texts still want words."""
    path = catalogue_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale=language, charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    catalogue.update(source, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, include_lineno=False, sort_output=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return sum(1 for message in catalogue if message.id and not message.string)


def main() -> int:
    source = texts()
    missing = {
        language: bring_up_to_date(language, source)
        for language in LANGUAGES
        if language != DEFAULT_LANGUAGE
    }
    for language, count in missing.items():
        sys.stdout.write(f"{LANGUAGES[language]}: {len(source)} texts, {count} without words\n")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
