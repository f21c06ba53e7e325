"""A disk without room: nobody waits for days, and somebody who can help is told."""

import logging
import os
import shutil
from errno import EIO, ENOSPC
from io import BytesIO

import pytest
from sqlalchemy import select

from takeover.media.models import Media, MediaState
from takeover.media.storing.folder import Folder
from takeover.media.uploads.parts import Part, Parts
from takeover.media.uploads.receiving import BLOCK
from tests.preparing import a_draft, a_photo
from tests.takeover.media.uploads.speaking import a_file

SENTENCE = "There is no room for it at the moment. Nothing you sent before is lost."


def raising(error):
    def instead(*_args, **_facts):
        raise OSError(error, os.strerror(error))

    return instead


def test_an_upload_that_finds_no_room_does_not_begin(tus, cast, session, monkeypatch, caplog):
    monkeypatch.setattr(Parts, "begin", raising(ENOSPC))

    answer = tus(cast.zofia).create(1000)

    assert (answer.status_code, answer.mimetype) == (507, "text/plain")
    assert answer.text.startswith(SENTENCE)
    assert session.scalars(select(Media)).all() == []
    (told,) = (one for one in caplog.records if one.levelno == logging.ERROR)
    assert told.getMessage() == "no room left for files"


def test_an_upload_that_meets_a_full_disk_keeps_what_came_and_goes_on_once_there_is_room(
    tus, cast, session, monkeypatch
):
    zofia, data = tus(cast.zofia), a_file(2 * BLOCK)
    path, append = zofia.begin(len(data)), Part.append

    def until_full(part, block, *, at):
        if at:
            raising(ENOSPC)()
        append(part, block, at=at)

    with monkeypatch.context() as full:
        full.setattr(Part, "append", until_full)
        answer = zofia.patch(path, 0, data)

    assert answer.status_code == 507
    assert answer.text.startswith(SENTENCE)
    assert zofia.offset(path) == BLOCK
    assert zofia.patch(path, BLOCK, data[BLOCK:]).status_code == 204
    assert session.scalars(select(Media.state)).all() == [MediaState.RECEIVED]


def test_a_beginning_that_finds_no_room_leaves_nothing_lying_about(tus, cast, folder, monkeypatch):
    monkeypatch.setattr(Parts, "_sync", raising(ENOSPC))

    assert tus(cast.zofia).create(1000).status_code == 507

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("is_large", [False, True])
def test_a_file_that_came_as_a_whole_waits_for_room_in_the_store_and_its_phone_does_not(
    app, tus, cast, session, roof, monkeypatch, caplog, request, tidy, is_large
):
    handed_out = request.getfixturevalue("handed_out") if is_large else []
    zofia = tus(cast.zofia)
    with monkeypatch.context() as full:
        full.setattr(Folder, "take", raising(ENOSPC))
        path = zofia.send(a_file(300))
        session.commit()
        for name, row_id in handed_out:
            app.extensions["work"].run(name, row_id)
        assert zofia.offset(path) == 300

    assert "no room left for files" in caplog.messages
    assert session.scalars(select(Media.state)).all() == [MediaState.ARRIVING]
    handed_out.clear()
    tidy(days=4)
    for name, row_id in handed_out:
        app.extensions["work"].run(name, row_id)

    session.expire_all()
    (media,) = session.scalars(select(Media))
    assert media.state is MediaState.RECEIVED
    assert roof.arrived == [media.id]


@pytest.mark.parametrize("where", [(shutil, "copyfileobj"), (Folder, "take")])
def test_a_form_that_finds_no_room_keeps_its_words_and_says_so(
    browse, cast, session, folder, monkeypatch, caplog, where
):
    post = a_draft(session, cast)
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")
    monkeypatch.setattr(*where, raising(ENOSPC))

    page = page.submit(
        "Keep as draft", photos=(BytesIO(a_photo("two")), "two.jpg"), caption="Every word is kept"
    )

    assert page.status == 422
    assert page.says(f"two.jpg: {SENTENCE}")
    assert "Every word is kept" in page.html
    assert list(folder.glob("form-*")) == []
    assert "no room left for files" in caplog.messages


def test_another_trouble_of_a_disk_is_no_lack_of_room(tus, cast, monkeypatch):
    monkeypatch.setattr(Parts, "begin", raising(EIO))

    assert tus(cast.zofia).create(1000).status_code == 500
