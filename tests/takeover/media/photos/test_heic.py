"""HEIC headers are read without libheif, and a crash of its decoder refuses one picture only."""

from io import BytesIO

import pytest
from pi_heif.as_plugin import HeifImageFile

from takeover.media.confining import Crashed
from takeover.media.photos.rendering import prepare
from takeover.media.refusals import Unreadable
from tests.preparing import confined


@pytest.mark.parametrize(
    "name",
    [
        "android_motion_photo.heic",
        "iphone13pro_pug_gps.heic",
        "iphone8plus_arrow_orient6.heic",
        "iphonexs_parfait_orient6_gps.heic",
        "iphonexs_pugface_gps.heic",
        "nokia83_gps.heic",
        "xiaomi_gps.heic",
    ],
)
def test_our_reading_of_the_header_is_libheifs(name, photo):
    facts = prepare(photo(name))

    assert (facts.source_width, facts.source_height) == HeifImageFile(BytesIO(photo(name))).size


def crashing(photo):
    """One byte of a metadata item's type changed: a segmentation fault of pi_heif 1.4."""
    return photo("android_motion_photo.heic").replace(b"Exif\0", b"\xffxif\0", 1)


def test_a_picture_that_crashes_the_decoder_costs_one_child_and_we_live(photo):
    with pytest.raises(Crashed):
        confined(crashing(photo))

    assert confined(photo("iphonexs_pugface_gps.heic")).source_width == 1025


def test_a_header_that_lies_about_the_size_is_refused(photo):
    data = photo("android_motion_photo.heic")
    claim, lie = (side.to_bytes(4, "big") + (1920).to_bytes(4, "big") for side in (1080, 1600))

    with pytest.raises(Unreadable):
        prepare(data.replace(claim, lie))
