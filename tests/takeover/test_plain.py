"""What people type, without what cannot be stored or sent."""

import pytest

from takeover.plain import breakable, first_name, without_controls


def test_words_lines_and_pictures_stay():
    said = "Zażółć\n\tgęślą 👩‍🔧\u200cmi\r\n"
    assert without_controls(said) == said


def test_what_nobody_sees_goes():
    assert without_controls("a\0b\x07c\x1bd\x7fe\ufffef") == "abcdef"


@pytest.mark.parametrize("unseen", ["\u200b\u200b", " \u200b \n", "\u2800", "\u3164\u00ad", "\t"])
def test_what_nobody_could_read_is_nothing(unseen):
    assert without_controls(unseen) == ""


def test_no_text_turns_the_direction_of_another():
    assert without_controls("safe\u202egpj.exe\u2066") == "safegpj.exe"


def test_line_breaks_of_word_processors_become_lines():
    assert without_controls("one\vtwo\fthree\x85four") == "one\ntwo\nthree\nfour"


def test_nothing_is_empty():
    assert without_controls(None) == ""


@pytest.mark.parametrize(
    ("name", "called"), [("Ana María López", "Ana"), (" Björk ", "Björk"), ("", "")]
)
def test_people_are_called_by_the_first_word_of_their_name(name, called):
    assert first_name(name) == called


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a_week_at_halbrane, as it is", "a_week_at_halbrane, as it is"),
        (
            "@apprentices.of.halbrane.co",
            "@<wbr />apprentices<wbr />.of<wbr />.halbrane<wbr />.co",
        ),
        ("ana@example.com", "ana@<wbr />example<wbr />.com"),
        (
            "See https://example.com/sandbox/a_week_at_halbrane now",
            "See https://<>example<>.com/<>sandbox/<>a_<>week_<>at_<>halbrane now".replace(
                "<>", "<wbr />"
            ),
        ),
        ("<b> & " + "<" * 32, "&lt;b&gt; &amp; " + "&lt;" * 32),
    ],
)
def test_what_is_too_long_for_a_line_breaks_at_its_joints(said, shown):
    assert breakable(said) == shown
