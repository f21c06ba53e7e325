"""Pictures of every mode and shape arrive as what a person saw."""

import re
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageDraw, PngImagePlugin

from takeover.media.borders import BORDER
from takeover.media.photos.framing import LEAST_SIDE, MOST_WIDTH, fit
from takeover.media.photos.rendering import prepare
from takeover.media.refusals import IsAnimated, IsHdr, TooLong, TooSmall
from takeover.media.renditions import RenditionKind

FEED = RenditionKind.FEED


def saved(picture, form, **options):
    file = BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def shown(data):
    """The published colour in the middle."""
    feed = Image.open(BytesIO(prepare(data).rendition(FEED).data)).convert("RGB")
    return feed.getpixel((feed.width // 2, feed.height // 2))


def near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= 4


SIZE = (800, 800)
GREY_RAMP = Image.frombytes("I;16", SIZE, b"\x00\x80" * (800 * 800))


@pytest.mark.parametrize(
    ("picture", "form", "colour"),
    [
        (Image.new("1", SIZE, 1), "PNG", (255, 255, 255)),
        (Image.new("L", SIZE, 90), "PNG", (90, 90, 90)),
        (Image.new("L", SIZE, 90), "JPEG", (90, 90, 90)),
        (Image.new("LA", SIZE, (0, 128)), "PNG", (127, 127, 127)),
        (Image.new("RGBA", SIZE, (200, 0, 0, 0)), "PNG", (255, 255, 255)),
        (Image.new("RGBA", SIZE, (0, 0, 200, 128)), "WEBP", (127, 127, 227)),
        (Image.new("RGBA", SIZE, (0, 0, 200, 128)), "AVIF", (127, 127, 227)),
        (Image.new("RGB", SIZE, (30, 160, 90)).quantize(4), "PNG", (30, 160, 90)),
        (GREY_RAMP, "PNG", (128, 128, 128)),
        (Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
        (Image.new("RGB", SIZE, (30, 160, 90)), "WEBP", (30, 160, 90)),
        (Image.new("RGB", SIZE, (30, 160, 90)), "AVIF", (30, 160, 90)),
    ],
)
def test_every_mode_becomes_the_colour_a_person_saw(picture, form, colour):
    assert near(shown(saved(picture, form)), colour)


def test_a_transparent_colour_of_a_palette_becomes_white():
    picture = Image.new("RGB", SIZE, (30, 160, 90)).quantize(4)

    assert shown(saved(picture, "PNG", transparency=picture.getpixel((0, 0)))) == (255, 255, 255)


def test_an_edge_towards_transparency_does_not_turn_dark():
    picture = Image.new("RGBA", (1600, 1600), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 801, 1600))
    feed = Image.open(BytesIO(prepare(saved(picture, "PNG")).rendition(FEED).data)).convert("L")

    assert min(feed.tobytes()) >= 253


@pytest.mark.parametrize("profile", [b"", b"not a profile", bytes(128), b"\xff" * 4000])
def test_a_broken_colour_profile_is_ignored(profile):
    data = saved(Image.new("RGB", SIZE, (30, 160, 90)), "JPEG", icc_profile=profile)

    assert near(shown(data), (30, 160, 90))


@pytest.mark.parametrize("space", ["LAB", "XYZ"])
def test_a_profile_of_another_space_is_ignored(space):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()
    for mode, colour in (("RGB", (30, 160, 90)), ("L", (90, 90, 90))):
        flat = Image.new(mode, SIZE, colour if mode == "RGB" else 90)
        assert near(shown(saved(flat, "JPEG", icc_profile=profile)), colour)


def test_a_grey_picture_with_a_colour_profile_stays_grey():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert near(shown(saved(Image.new("L", SIZE, 90), "JPEG", icc_profile=profile)), (90, 90, 90))


@pytest.mark.parametrize(
    ("size", "padded"),
    [
        ((3024, 4032), True),  # most phones held upright
        ((4032, 3024), False),
        ((1080, 1350), False),  # 4:5 to the pixel
        ((1079, 1349), False),  # and but for rounding
        ((1910, 1000), False),
        ((1920, 1080), False),
        ((1080, 1920), True),
        ((6000, 1500), True),  # a panorama
    ],
)
def test_it_pads_only_what_instagram_would_crop(size, padded):
    facts = prepare(saved(Image.new("L", size), "PNG"))

    assert facts.padded is padded


@pytest.mark.parametrize("size", [(900, 1600), (1600, 500), (1500, 2000)])
def test_nothing_is_cropped_and_the_borders_have_their_one_colour(size):
    picture = Image.new("RGB", size, (80, 120, 160))
    corners = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
    draw = ImageDraw.Draw(picture)
    right, below = size[0] - 40, size[1] - 40
    for colour, (x, y) in zip(
        corners, ((0, 0), (right, 0), (0, below), (right, below)), strict=True
    ):
        draw.rectangle((x, y, x + 39, y + 39), fill=colour)
    ready = prepare(saved(picture, "PNG"))
    feed = Image.open(BytesIO(ready.rendition(FEED).data)).convert("RGB")

    assert ready.padded
    share = fit(*size).picture[0] / size[0]
    for colour in corners:
        assert alike(feed, colour) > 0.8 * (40 * share) ** 2
    for corner in ((0, 0, 9, 9), (feed.width - 9, feed.height - 9, *feed.size)):
        assert alike(feed.crop(corner), BORDER, within=4) == 81


def alike(picture, colour, within=12):
    """How many pixels of a picture have nearly this colour."""
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).split()
    worst = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])
    return sum(worst.histogram()[:within])


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_every_shape_is_fitted_within_the_limits_or_refused_with_numbers(width, height):
    try:
        frame = fit(width, height)
    except (TooSmall, TooLong) as refused:
        sentence = str(refused)
        assert any(digit in sentence for digit in "0123456789")
        assert min(width, height) < 160 or max(width, height) / min(width, height) > 4.4
        return
    (canvas_width, canvas_height), picture = frame.canvas, frame.picture
    assert 4 / 5 <= canvas_width / canvas_height <= 1.91
    assert LEAST_SIDE <= canvas_width <= MOST_WIDTH
    assert min(picture) >= LEAST_SIDE
    assert picture[0] <= canvas_width
    assert picture[1] <= canvas_height
    assert frame.padded or picture == frame.canvas
    assert max(picture[0] / width, picture[1] / height) <= 2.02
    stretch = (picture[0] / picture[1]) / (width / height)
    assert 0.993 < stretch < 1.007


def test_a_strip_is_refused_with_how_long_it_is():
    with pytest.raises(TooLong, match=r"10 times as long.* up to 4"):
        prepare(saved(Image.new("L", (10_000, 1000)), "PNG"))


def test_a_small_picture_is_refused_with_its_size_and_the_least():
    with pytest.raises(TooSmall, match=r"200 × 150 pixels.* at least 160"):
        prepare(saved(Image.new("L", (200, 150)), "PNG"))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
def test_a_moving_picture_is_refused(form):
    frames = [Image.effect_noise((400, 400), 50).convert("RGB") for _ in range(3)]

    with pytest.raises(IsAnimated):
        prepare(saved(frames[0], form, save_all=True, append_images=frames[1:]))


def test_an_hdr_heic_without_an_ordinary_picture_is_refused(photo):
    """Its `colr` box, changed to say PQ: it would look washed out."""
    data = photo("nokia83_gps.heic")
    hdr = re.sub(rb"colrnclx(..)..", b"colrnclx\\1\0\x10", data, flags=re.DOTALL)

    with pytest.raises(IsHdr):
        prepare(hdr)


def test_odd_metadata_leads_to_the_right_picture():
    odd = PngImagePlugin.PngInfo()
    odd.add_text("Raw profile type exif", "\nexif\n 8\nzzzz not hex")
    odd.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta tiff:Orientation='nine'", zip=True)
    flat = Image.new("RGB", (900, 700), (30, 160, 90))

    assert near(shown(saved(flat, "PNG", pnginfo=odd)), (30, 160, 90))


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=200), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]))
def test_no_exif_whatsoever_stops_a_picture(noise, start):
    data = saved(Image.new("L", (330, 330)), "JPEG", exif=b"Exif\0\0" + start + noise)

    assert prepare(data).source_width == 330


def test_equal_pictures_have_near_hashes_and_other_ones_far(prepared):
    def apart(one, other):
        return (
            int(prepared(one).looks.dhash, 16) ^ int(prepared(other).looks.dhash, 16)
        ).bit_count()

    assert apart("htc_desire_gps.jpg", "htc_desire_gps.webp") <= 4
    assert apart("htc_desire_gps.jpg", "pixel7pro_london.jpg") > 10


def test_a_blurred_picture_is_less_sharp_and_a_dark_one_less_bright():
    sharp = Image.effect_noise((800, 800), 90).convert("RGB")
    blurred = sharp.resize((20, 20)).resize((800, 800), Image.Resampling.BICUBIC)
    dark = Image.new("RGB", (800, 800), (8, 8, 8))

    assert (
        prepare(saved(sharp, "PNG")).looks.sharpness
        > 20 * prepare(saved(blurred, "PNG")).looks.sharpness
    )
    assert prepare(saved(dark, "PNG")).looks.brightness == pytest.approx(8)


def test_the_noisiest_picture_stays_far_below_eight_megabytes():
    channels = [Image.effect_noise((1440, 1800), 250) for _ in range(3)]

    assert (
        len(prepare(saved(Image.merge("RGB", channels), "JPEG")).rendition(FEED).data) < 4_000_000
    )
