"""A preparer whose child is in the hands of a file: it says what nobody should believe.

The recipe's `start` says which lie it tells.
"""

import json
import os
import socket

PICTURE = {"kind": "feed", "format": "jpeg", "width": 1, "height": 1, "data": 1 << 40}
MADE = {
    "looks": {"dhash": "0", "brightness": 0, "sharpness": 0},
    "source_width": 1,
    "source_height": 1,
    "renditions": [PICTURE],
}


def lies(number: int) -> bytes:
    told = [
        b"x" * 10_000_000,
        b"not json\n",
        json.dumps({"made": {**MADE, "source_height": 1, "renditions": [PICTURE]}}).encode()
        + b"\n",
        json.dumps({"made": {"renditions": "none"}}).encode() + b"\n",
        json.dumps({"refused": "SystemExit", "facts": {}}).encode() + b"\n",
        json.dumps({"part": "all"}).encode() + b"\n",
    ]
    return told[number]


def main() -> None:
    asking = socket.socket(fileno=os.dup(0))
    asked, files, _, _ = socket.recv_fds(asking, 65_536, 3)
    answer = files[-1]
    os.write(answer, json.dumps({"pid": os.getpid()}).encode() + b"\n")
    said = memoryview(lies(int(json.loads(asked)["recipe"].get("start", 0))))
    while said:
        said = said[os.write(answer, said) :]


if __name__ == "__main__":
    main()
