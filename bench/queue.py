"""The queue with ten thousand posts waiting, against the same page with ten."""

from statistics import median
from time import perf_counter

from bench.company import Company, add_posts, running

ROUNDS = 15


def run() -> list[tuple[str, float, str]]:
    with running() as few, running() as many:
        add_posts(few, 10)
        add_posts(many, 10_000)
        times = {name: [] for name in ("few", "many")}  # type: dict[str, list[float]]
        for _ in range(ROUNDS):
            times["few"].append(_open_queue(few))
            times["many"].append(_open_queue(many))
    short, long = median(times["few"]), median(times["many"])
    return [
        ("queue page, 10,000 waiting against 10", long / short, "times"),
        ("queue page with 10,000 waiting", long * 1000, "ms"),
    ]


def _open_queue(of: Company) -> float:
    browser = of.browser_of(of.cast.amir)
    begun = perf_counter()
    answer = browser.get("/queue")
    took = perf_counter() - begun
    assert answer.status_code == 200, answer.status_code
    return took
