"""A due post published: claim, three commits and the call, against the bare call in a loop."""

from statistics import median
from time import perf_counter

from bench.company import Company, running
from takeover.clock import now
from takeover.instagram.doors import publisher_for
from takeover.instagram.outgoing import approved, opened
from takeover.posts.models import Post, PostState
from takeover.schedule import run_once
from tests.preparing import an_approved_post

ROUNDS = 20


def run() -> list[tuple[str, float, str]]:
    ours, bare = [], []
    with running() as company:
        for number in range(ROUNDS):
            post = an_approved_post(
                company.session, company.cast, caption=f"Post {number}", slot_at=now()
            )
            bare.append(_bare_call(company, post))
            begun = perf_counter()
            run_once(company.app, "publish")
            ours.append(perf_counter() - begun)
            company.session.expire_all()
            assert post.state is PostState.PUBLISHED, post.state
            company.session.commit()
    return [
        ("due to published against the bare sandbox call", median(ours) / median(bare), "times"),
        ("due to published, without the clock's second", median(ours) * 1000, "ms"),
    ]


def _bare_call(company: Company, post: Post) -> float:
    _door, publisher = publisher_for(company.session, post.programme_id)
    with opened(approved(post), company.store()) as outgoing:
        company.session.commit()
        begun = perf_counter()
        publisher.publish(outgoing, publisher.prepare(outgoing, {}, lambda _handle: None))
        return perf_counter() - begun
