"""A program, not a module: decodes the HEIC on its standard input, within limits.

`heic_decoder.py WIDTH HEIGHT` writes one line of JSON, then WIDTH x HEIGHT pixels of RGB. It
imports nothing of ours, so that it starts in a tenth of a second.
"""

import base64
import json
import resource
import sys
from io import BytesIO

import pi_heif
from pi_heif.as_plugin import HeifImageFile
from PIL import Image

MOST_MEMORY = 2_000_000_000
MOST_SECONDS = 30


def main() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    size = int(sys.argv[1]), int(sys.argv[2])
    picture = opened(sys.stdin.buffer.read())
    profile = picture.info.get("icc_profile") or b""
    head = {"stated": picture.size, "profile": base64.b64encode(profile).decode()}
    pixels = on_white(picture).resize(size, Image.Resampling.LANCZOS, reducing_gap=2).tobytes()
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + pixels)


def opened(data: bytes) -> Image.Image:
    for extra in ("THUMBNAILS", "DEPTH_IMAGES", "AUX_IMAGES"):
        setattr(pi_heif.options, extra, False)
    picture: Image.Image = HeifImageFile(BytesIO(data))
    picture.load()
    return picture


def on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB") if picture.mode != "RGB" else picture
    layered = picture.convert("RGBA")
    white = Image.new("RGB", layered.size, (255, 255, 255))
    white.paste(layered, mask=layered)
    return white


if __name__ == "__main__":
    main()
