"""The passwords that everybody tries first.

The list holds the commonest leaked passwords of five characters or more, as the MIT-licensed
`zxcvbn` package counts them (its source: Mark Burnett's ten million passwords).
"""

from functools import cache
from pathlib import Path


@cache
def common_passwords() -> frozenset[str]:
    return frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())
