"""The posts that are tortured: two of each kind, approved, each with a picture of its own."""

from datetime import timedelta
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.media.models import Media, MediaState, Rendition
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.models import Post
from takeover.web import settings
from tests import cast as company
from tests.cast import NOW, Cast
from tests.shapes import a_story, approved, submitted

SIDE, WIDTH, TALL = 320, 360, 640  # pixels
RATE, SECONDS = 24, 4.0
_JPEG, _MP4 = ("jpeg", ".jpg", "image/jpeg"), ("mp4", ".mp4", "video/mp4")
FAR = NOW + timedelta(days=3)  # in the same week; nothing is made ready for it yet
TWIN = "twin"  # of the first photo: as it is, but for the picture
ACCOUNT = "a_week_at_nordwerk"


def gather(session: Session) -> None:
    """Into an empty database. Commits."""
    company.gather(session)
    cast = company.find(session)
    for number, post in enumerate(_made(session, cast)):
        approved(session, cast, post, slot_at=FAR + timedelta(minutes=number))


def _made(session: Session, cast: Cast) -> list[Post]:
    def photo(text: str) -> Media:
        return _ready(session, cast, text)

    def clip(text: str, height: int = TALL) -> Media:
        return _ready(session, cast, text, height)

    made = []
    for n in (1, 2):
        made.append(submitted(session, cast, photo(f"photo {n}"), caption=f"Photo {n} @ home"))
        several = [photo(f"first {n}"), clip(f"turns {n}", SIDE), photo(f"last {n}")]
        made.append(submitted(session, cast, *several, caption=f"Several, {n}"))
        made.append(submitted(session, cast, clip(f"reel {n}"), caption=f"Reel {n}"))
    made.append(a_story(session, cast, photo("story 1")))
    made.append(a_story(session, cast, clip("story 2")))
    made.append(submitted(session, cast, photo(TWIN), caption="Photo 1 @ home"))
    return made


def by_kind(session: Session) -> dict[str, list[int]]:
    """The posts' ids; the last photo is the first one's twin."""
    found: dict[str, list[int]] = {}
    for post in session.scalars(select(Post).order_by(Post.id)):
        found.setdefault(post.kind.value, []).append(post.id)
    return found


def digests(session: Session) -> dict[int, list[str]]:
    """Of what each post shows, in its order: SHA-256 in hex."""
    return {
        post.id: [p.media.rendition(RenditionKind.FEED).sha256 for p in post.pictures]
        for post in session.scalars(select(Post).order_by(Post.id))
    }


def _ready(session: Session, cast: Cast, text: str, height: int | None = None) -> Media:
    """A photo, or a clip of that height, as a worker would have made it. Commits."""
    still = _jpeg(text)
    data = still if height is None else _mp4(text, height)
    format, suffix, content_type = _JPEG if height is None else _MP4
    store = open_store(settings().media_url)
    width, height = (SIDE, SIDE) if height is None else (WIDTH if height > SIDE else SIDE, height)
    media = Media(
        owner_id=cast.zofia.id, state=MediaState.RECEIVED, format=format, progress=100,
        bytes=len(data), sha256=sha256(data).hexdigest(),
        original_key=store.put(data, suffix=suffix), received_at=now(),
        width=width, height=height, source_width=width, source_height=height,
        duration=SECONDS if data is not still else None,
        source_duration=SECONDS if data is not still else None,
    )  # fmt: skip
    stills = [RenditionKind.PREVIEW, RenditionKind.THUMBNAIL]
    stills += [RenditionKind.COVER] * (data is not still)
    made = [(RenditionKind.FEED, data, suffix, content_type)]
    media.renditions = [
        Rendition(
            kind=kind, key=store.put(these, suffix=ends), sha256=sha256(these).hexdigest(),
            content_type=of, width=width, height=height, bytes=len(these),
        )
        for kind, these, ends, of in made + [(kind, still, *_JPEG[1:]) for kind in stills]
    ]  # fmt: skip
    session.add(media)
    session.flush()
    media.begin(by=cast.zofia, at=now())
    media.move(MediaState.READY, by=None, at=now())
    session.commit()
    return media


@cache
def _jpeg(text: str) -> bytes:
    out = BytesIO()
    _picture(text, SIDE, SIDE).save(out, "JPEG", quality=80)
    return out.getvalue()


@cache
def _mp4(text: str, height: int) -> bytes:
    """H.264, its table of contents first, without an edit list: as Instagram takes it."""
    with NamedTemporaryFile(suffix=".mp4") as file:
        ways = {"movflags": "+faststart", "use_editlist": "0"}
        with av.open(file.name, "w", options=ways) as container:
            stream = container.add_stream("libx264", rate=RATE, options={"bf": "0"})
            stream.width, stream.height = WIDTH if height > SIDE else SIDE, height
            stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_image(_picture(text, stream.width, height))
            for _ in range(int(SECONDS * RATE)):
                frame.pts = None
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return Path(file.name).read_bytes()


def _picture(text: str, width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), "seagreen")
    ImageDraw.Draw(picture).text((20, 20), text, fill="white", font_size=40)
    return picture
