"""What must be fast, measured in one run as ratios, so that a slow machine does not matter.

python3 run.py bench            all of it
python3 run.py bench queue      only some
"""

import sys
import time

from bench import (
    approval,
    arrival,
    crowd,
    official,
    photos,
    processes,
    publishing,
    queue,
    uploads,
    videos,
)

PARTS = {
    "photos": photos.run,
    "arrival": arrival.run,
    "videos": videos.run,
    "queue": queue.run,
    "approval": approval.run,
    "publishing": publishing.run,
    "official": official.run,
    "crowd": crowd.run,
    "processes": processes.run,
    "uploads": uploads.run,
}


def main(wanted: list[str]) -> int:
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        print(f"There is no {', '.join(unknown)}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    for name in wanted or list(PARTS):
        begun = time.perf_counter()
        rows = PARTS[name]()
        print(f"\n{name} ({time.perf_counter() - begun:.0f} s)")
        for what, amount, unit in rows:
            print(f"  {what:<58} {amount:>9.2f} {unit}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
