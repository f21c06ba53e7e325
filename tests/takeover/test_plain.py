"""What people type, without what cannot be stored or sent."""

from takeover.plain import without_controls


def test_words_lines_and_pictures_stay():
    said = "Zażółć\n\tgęślą 👩‍🔧\u200cmi\r\n"
    assert without_controls(said) == said


def test_what_nobody_sees_goes():
    assert without_controls("a\0b\x07c\x1bd\x7fe\ufffef") == "abcdef"


def test_line_breaks_of_word_processors_become_lines():
    assert without_controls("one\vtwo\fthree\x85four") == "one\ntwo\nthree\nfour"


def test_nothing_is_empty():
    assert without_controls(None) == ""
