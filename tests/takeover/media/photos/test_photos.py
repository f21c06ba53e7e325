"""Real photos become pictures that Instagram takes, and give nothing away. Other tools judge."""

import csv
import json
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pi_heif.as_plugin import HeifImageFile
from PIL import Image, ImageChops, ImageCms, ImageStat

from takeover.media.photos.rendering import prepare
from takeover.media.recognising import Format
from takeover.media.refusals import Refused
from takeover.media.renditions import RenditionKind
from tests.tools import needs

SHELF = Path(__file__).parents[3] / "media"
SIZES = {
    Path(row["file"]).name: (int(row["upright_width"]), int(row["upright_height"]))
    for row in csv.DictReader((SHELF / "manifest.csv").read_text().splitlines())
    if row["upright_width"]
}
TECHNICAL = {"SourceFile", "ExifTool", "System", "File", "JFIF", "RIFF", "Composite"}

FEED = RenditionKind.FEED
PREVIEW = RenditionKind.PREVIEW
THUMBNAIL = RenditionKind.THUMBNAIL


def pixels(rendition):
    return Image.open(BytesIO(rendition.data)).convert("RGB")


def difference(one, other):
    """Mean difference of two pictures' pixels, 0 ... 255, at a size where noise does not count."""
    small = [
        picture.convert("RGB").resize((48, 48), Image.Resampling.BOX) for picture in (one, other)
    ]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean) / 3


def jpeg(picture, **options):
    file = BytesIO()
    picture.save(file, "JPEG", **options)
    return file.getvalue()


def png(picture, **options):
    file = BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()


def test_it_accepts_every_photo_it_should(accepted, photo, prepared):
    ready = prepared(accepted)

    assert (ready.source_width, ready.source_height) in (SIZES[accepted], SIZES[accepted][::-1])
    if accepted != "xmp_orientation_only.png":  # its size is open
        assert (ready.source_width, ready.source_height) == SIZES[accepted]


def test_it_refuses_every_file_it_should_with_a_sentence(rejected, photo):
    with pytest.raises(Refused) as refusal:
        prepare(photo(rejected))

    assert str(refusal.value).endswith(".")


def test_it_settles_every_doubtful_file_one_way_or_the_other(either, photo):
    try:
        assert prepare(photo(either)).rendition(FEED).width >= 320
    except Refused as refused:
        sentence = str(refused)
    else:
        sentence = "."
    assert sentence.endswith(".")


def test_it_keeps_to_instagrams_limits(accepted, prepared):
    ready = prepared(accepted)
    feed = ready.rendition(FEED)

    assert (feed.kind, feed.format) == (FEED, Format.JPEG)
    assert 320 <= feed.width <= 1440
    assert 4 / 5 <= feed.width / feed.height <= 1.91
    assert len(feed.data) <= 8_000_000
    assert feed.width >= 1080 or ready.enlarged
    assert feed.width <= 2 * max(ready.source_width, ready.source_height * 4 / 5)


def test_it_gives_a_preview_and_a_thumbnail_of_exactly_what_is_published(accepted, prepared):
    ready = prepared(accepted)

    assert (
        ready.rendition(PREVIEW).width,
        ready.rendition(THUMBNAIL).width,
    ) == (min(720, ready.rendition(FEED).width), 240)
    for small in (ready.rendition(PREVIEW), ready.rendition(THUMBNAIL)):
        assert (small.width, small.height) == pixels(small).size
        assert small.width / small.height == pytest.approx(
            ready.rendition(FEED).width / ready.rendition(FEED).height,
            abs=0.01,
        )
        assert difference(pixels(small), pixels(ready.rendition(FEED))) < 4


@pytest.fixture(scope="module")
def published(tmp_path_factory, prepared):
    """Every rendition of every accepted photo as a file."""
    folder = tmp_path_factory.mktemp("published")
    for row in csv.DictReader((SHELF / "manifest.csv").read_text().splitlines()):
        name = Path(row["file"]).name
        if row["expected"] == "accept" and not name.endswith((".mp4", ".mov")):
            for made in prepared(name).renditions:
                (folder / f"{name}-{made.kind}{made.format.suffix}").write_bytes(made.data)
    return folder


def test_exiftool_finds_no_metadata_in_any_rendition(published):
    tool = [needs("exiftool"), "-j", "-G1", "-a", "-u", "-ee", "-b", str(published)]
    found = json.loads(subprocess.run(tool, capture_output=True, check=True).stdout)

    assert len(found) == len(list(published.iterdir()))
    for file in found:
        assert {tag.split(":")[0] for tag in file} <= TECHNICAL, file["SourceFile"]
        assert not {tag for tag in file if "Comment" in tag or "Warning" in tag}, file["SourceFile"]


def test_imagemagick_reads_every_feed_picture_as_upright_srgb_jpeg(published):
    tool = [needs("identify"), "-format", "%m %[colorspace] %z %[orientation] %w\n"]
    files = sorted(str(path) for path in published.glob("*-feed.jpg"))
    answer = subprocess.run([*tool, *files], capture_output=True, check=True, text=True)

    lines = [line.split() for line in answer.stdout.splitlines()]
    assert len(lines) == len(files)
    assert {tuple(line[:4]) for line in lines} == {("JPEG", "sRGB", "8", "Undefined")}
    assert not answer.stderr


def test_a_feed_picture_holds_nothing_but_what_draws_it(accepted, prepared):
    data, at, segments = prepared(accepted).rendition(FEED).data, 2, set()
    while data[at + 1] != 0xDA:
        segments.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")

    assert segments <= {0xE0, 0xDB, 0xC0, 0xC4}  # JFIF, tables, frame; no EXIF, ICC, MPF, comment
    assert data.find(b"\xff\xd9") == len(data) - 2  # and nothing hides behind its end


def test_a_jpeg_comment_stays_at_home(prepared):
    ready = prepare(jpeg(Image.new("RGB", (1200, 1200)), comment=b"Ana's phone, serial 12345"))

    assert not any(b"12345" in made.data for made in ready.renditions)


def test_all_eight_orientations_give_the_same_upright_picture():
    upright = Image.linear_gradient("L").resize((900, 700))
    across = upright.transpose(Image.Transpose.ROTATE_90).resize((900, 700))
    upright = Image.merge("RGB", (upright, across, upright))
    stored = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn each one is undone by
    for number, turn in stored.items():
        exif = Image.Exif()
        exif[0x0112] = number
        turned = upright if turn is None else upright.transpose(Image.Transpose(turn))
        for data in (jpeg(turned, exif=exif), png(turned, exif=exif)):
            ready = prepare(data)
            assert (ready.source_width, ready.source_height) == (900, 700)
            assert difference(pixels(ready.rendition(FEED)), upright) < 1.5, number


def test_the_five_turned_landscapes_show_one_picture(prepared):
    first = prepared("orient2_landscape.jpg")
    for number in (3, 5, 6, 8):
        other = prepared(f"orient{number}_landscape.jpg")
        assert (
            difference(
                pixels(first.rendition(FEED)),
                pixels(other.rendition(FEED)),
            )
            < 2
        )
        assert other.looks.dhash == first.looks.dhash


def test_a_heic_is_not_turned_twice_so_the_arrow_points_up(prepared):
    arrow = pixels(prepared("iphone8plus_arrow_orient6.heic").rendition(FEED)).convert("L")
    dark = arrow.resize((90, 112)).point(lambda value: 255 if value < 90 else 0)
    ink = [
        len(bytes(dark.crop((10, y, 80, y + 1)).tobytes()).rstrip(b"\0").lstrip(b"\0"))
        for y in range(112)
    ]

    assert max(ink[45:55]) > 60  # the head's barbs spread above the middle
    assert max(ink[60:80]) < 45  # and the narrow shaft is below
    assert 0 < max(ink[10:20]) < 20  # the tip is on top


@pytest.mark.parametrize("value", [0, 9, 77, 65535])
def test_a_senseless_orientation_turns_nothing(value):
    exif = Image.Exif()
    exif[0x0112] = value

    assert prepare(jpeg(Image.new("RGB", (900, 700)), exif=exif)).source_width == 900


def test_an_orientation_told_after_the_pixels_of_a_png_is_obeyed():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = png(Image.new("RGB", (900, 700)), exif=exif)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    late = data[:start] + data[end:-12] + data[start:end] + data[-12:]

    assert prepare(late).source_width == 700


@pytest.mark.parametrize(
    "name",
    [
        "p3_color_ring.jpg",
        "icc_rgb_to_gbr.jpg",
        "canon_adobergb_orient6.jpg",
        "iphone4_receipt_gps.jpg",
    ],
)
def test_colours_are_converted_as_imagemagick_converts_them(name, photo, tmp_path, prepared):
    profile = tmp_path / "srgb.icc"
    profile.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (tmp_path / "in.jpg").write_bytes(photo(name))
    tool = [
        needs("convert"),
        "in.jpg",
        "-auto-orient",
        "-resize",
        "800x800",
        "-profile",
        profile.name,
    ]
    subprocess.run([*tool, "-strip", "out.png"], cwd=tmp_path, check=True)
    judge = Image.open(tmp_path / "out.png")
    feed = pixels(prepared(name).rendition(FEED))
    shown = feed.crop(inner(feed, judge.width / judge.height))

    assert difference(shown, judge) < 2


def inner(canvas, ratio):
    """The box of the picture between its borders."""
    width, height = (
        min(canvas.width, canvas.height * ratio),
        min(canvas.height, canvas.width / ratio),
    )
    left, top = (canvas.width - width) / 2, (canvas.height - height) / 2
    return tuple(round(v) for v in (left, top, left + width, top + height))


def test_a_profile_that_swaps_the_colours_is_obeyed(prepared):
    feed = pixels(prepared("icc_rgb_to_gbr.jpg").rendition(FEED))

    for place, most in (((540, 32), 0), ((32, 810), 1), ((1048, 810), 2)):
        colour = list(feed.getpixel(place))
        assert colour.pop(most) > 220
        assert max(colour) < 60


def test_display_p3_of_a_heic_is_converted_not_relabelled(photo, prepared):
    """Against Apple's definition of Display P3, in plain arithmetic."""
    stored = decoded(photo("iphonexs_parfait_orient6_gps.heic"))
    feed = pixels(prepared("iphonexs_parfait_orient6_gps.heic").rendition(FEED))
    by_hand = Image.new("RGB", stored.size)
    by_hand.putdata([p3_to_srgb(colour) for colour in stored.get_flattened_data()])

    shown = feed.crop(inner(feed, 3 / 4))
    assert difference(shown, by_hand) < 1
    assert difference(shown, stored) > 2 * difference(shown, by_hand)  # a mere new label


def decoded(heic):
    return HeifImageFile(BytesIO(heic)).convert("RGB").resize((192, 256), Image.Resampling.BOX)


def p3_to_srgb(colour):
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (c / 255 for c in colour)
    ]
    matrix = ((1.2249, -0.2247, 0), (-0.0420, 1.0419, 0), (-0.0196, -0.0786, 1.0979))
    mixed = [min(max(sum(m * v for m, v in zip(row, linear, strict=True)), 0), 1) for row in matrix]
    curved = [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in mixed]
    return tuple(round(255 * v) for v in curved)
