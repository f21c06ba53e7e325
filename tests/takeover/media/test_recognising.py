"""A file is what its bytes say it is."""

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from takeover.media import refusals
from takeover.media.recognising import Format, recognise
from takeover.media.refusals import Refused, TooHeavy, TooSmall


def ftyp(brand, *others):
    brands = brand + bytes(4) + b"".join(others)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + bytes(64)


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"\xff\xd8\xff\xe1", Format.JPEG),
        (b"\x89PNG\r\n\x1a\n", Format.PNG),
        (b"RIFF\0\0\0\0WEBPVP8 ", Format.WEBP),
        (ftyp(b"heic", b"mif1"), Format.HEIC),
        (ftyp(b"heix"), Format.HEIC),
        (ftyp(b"mif1", b"heic", b"miaf"), Format.HEIC),
        (ftyp(b"mif1", b"avif", b"miaf"), Format.AVIF),
        (ftyp(b"msf1", b"hevc"), Format.HEIC),
        (ftyp(b"avif"), Format.AVIF),
    ],
)
def test_it_recognises_the_pictures_phones_make(head, form):
    assert recognise(head) is form


@pytest.mark.parametrize(
    ("head", "cause"),
    [
        (b"", "Empty"),
        (b"\n", "Unknown"),
        (b"\xff\xd8", "Unknown"),
        (b"\x1aE\xdf\xa3webm", "IsVideo"),
        (b"RIFF\0\0\0\0AVI LIST", "IsVideo"),
        (ftyp(b"M4A "), "IsSound"),
        (b"ID3\x04", "IsSound"),
        (b"II*\0\x08\0\0\0", "IsRaw"),
        (ftyp(b"crx "), "IsRaw"),
        (b"BM\x36\0\0\0\0\0\0\0", "IsRaw"),
        (b"%PDF-1.7", "IsDocument"),
        (b"\xef\xbb\xbf\n%PDF-1.7", "IsDocument"),
        (b'<?xml version="1.0"?>\n<!-- a drawing -->\n<svg xmlns="x">', "IsDrawing"),
        (b"<svg onload=alert(1)>", "IsDrawing"),
        (b"<!DOCTYPE HTML><title>", "IsWebPage"),
        (b"  <ScRiPt>alert(1)</script>", "IsWebPage"),
        (b"PK\x03\x04", "IsArchive"),
        (b"MZ\x90\0", "IsProgram"),
        (b"\x7fELF", "IsProgram"),
        (b"#!/bin/sh", "IsProgram"),
        (b"Dear Sir or Madam", "Unknown"),
    ],
)
def test_it_says_what_else_a_file_is(head, cause):
    with pytest.raises(getattr(refusals, cause)) as refusal:
        recognise(head)

    assert type(refusal.value) is getattr(refusals, cause)
    assert len(str(refusal.value)) > 40


@given(st.binary(max_size=300))
def test_any_bytes_are_a_format_or_a_refusal(head):
    try:
        assert recognise(head) in Format
    except Refused as refused:
        sentence = str(refused)
        assert sentence.endswith(".")


def test_each_cause_has_its_own_sentence():
    causes = [cause for cause in vars(refusals).values() if refused_without_numbers(cause)]
    sentences = {str(cause()) for cause in causes if cause is not refusals.Unreadable}

    assert len(sentences) == len(causes) - 1  # Refused itself and Unreadable say the same


def refused_without_numbers(cause):
    return isinstance(cause, type) and issubclass(cause, Refused) and "__init__" not in vars(cause)


def test_a_sentence_names_the_number_and_the_limit():
    assert "has 52 MB; we can take up to 40" in str(TooHeavy(size=51_200_001, most=40_000_000))


def test_a_sentence_is_in_the_readers_language_and_outside_an_app_in_english(tmp_path):
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    app = Flask(__name__)
    Babel(app)
    refusal = TooSmall(width=200, height=150, least=160)
    with app.app_context(), force_locale("fr"):
        assert "200 × 150" in str(refusal)
    assert "200 × 150" in str(refusal)
