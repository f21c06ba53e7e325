"""Make the README's picture anew, from a demo that has just begun:

    .venv/bin/python -m tests.journeys.pictures ADDRESS

ADDRESS is that of a running `python3 run.py demo --reset`. The queue's largest photograph at a
desk, an ambassador's week on a phone beside it; docs/pictures/takeover.png.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.journeys.visiting import DESK, PHONE, Visit

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "takeover.png"
MAT = (241, 242, 244)
EDGE = 40
# Paper, mat, ink and signal as they are; the photographs share what is left.
TOKENS = (255, 255, 255, *MAT, 20, 23, 26, 245, 183, 0)
COLOURS = 168
BAR_OFF = ".demo-bar { display: none } body { grid-template-rows: auto 1fr auto !important }"


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        desk = Visit(browser, address, (DESK[0], 1000), bypass_csp=True)
        desk.enter_as("Approver")
        desk.page.get_by_role("listitem").filter(has_text="Haruka Sato").get_by_role("link").click()
        phone = Visit(browser, address, (PHONE[0], 1000), bypass_csp=True)
        phone.enter_as("Ambassador")
        shots = [taken(desk), taken(phone)]
        browser.close()
    side_by_side(shots).save(PICTURE, optimize=True)
    sys.stdout.write(f"{PICTURE}: {PICTURE.stat().st_size // 1024} KB\n")


def taken(visit: Visit) -> Image.Image:
    """What can be seen without scrolling, without the demo's bar."""
    visit.page.add_style_tag(content=BAR_OFF)
    visit.page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(visit.page.screenshot()))


def side_by_side(shots: list[Image.Image]) -> Image.Image:
    width = sum(shot.width for shot in shots) + EDGE * (len(shots) + 1)
    sheet = Image.new("RGB", (width, max(shot.height for shot in shots) + 2 * EDGE), MAT)
    left = EDGE
    for shot in shots:
        sheet.paste(shot, (left, EDGE))
        left += shot.width + EDGE
    palette = Image.new("P", (1, 1))
    colours = sheet.quantize(COLOURS).getpalette() or []
    palette.putpalette([*TOKENS, *colours[: COLOURS * 3]])
    return sheet.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


if __name__ == "__main__":
    main(sys.argv[1])
