"""Which way up: EXIF's eight orientations, between a picture as stored and as it is seen."""

from PIL.Image import Transpose

from takeover.media.recipe import Box

# EXIF 2.32, tag 0x0112: what makes a stored picture upright.
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_ON_THE_SIDE = range(5, 9)
_MIRRORED_ACROSS = {2, 3, 7, 8}
_MIRRORED_DOWN = {3, 4, 6, 7}


def turned_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    """Upright from stored, or the other way round."""
    return (size[1], size[0]) if turn in _ON_THE_SIDE else size


def stored(part: Box, turn: int) -> Box:
    """Where a part of the upright picture lies in the stored one."""
    x, y, width, height = part.x, part.y, part.width, part.height
    if turn in _ON_THE_SIDE:
        x, y, width, height = y, x, height, width
    if turn in _MIRRORED_ACROSS:
        x = max(1 - x - width, 0)
    if turn in _MIRRORED_DOWN:
        y = max(1 - y - height, 0)
    return Box(x, y, width, height)
