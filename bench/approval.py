"""Approving a post, its audit, history and slot included, against reading the same post's page."""

import re
from statistics import median
from time import perf_counter

from sqlalchemy import select

from bench.company import add_posts, running
from takeover.posts.models import Post

ROUNDS = 40


def run() -> list[tuple[str, float, str]]:
    reads, approvals = [], []
    with running() as company:
        add_posts(company, 200)
        browser = company.browser_of(company.cast.amir)
        ids = list(company.session.scalars(select(Post.id).order_by(Post.id).limit(ROUNDS)))
        company.session.commit()
        for post_id in ids:
            begun = perf_counter()
            page = browser.get(f"/queue/{post_id}").get_data(as_text=True)
            reads.append(perf_counter() - begun)
            form = dict(re.findall(r'name="(csrf_token|digest)"[^>]*value="([^"]+)"', page))
            begun = perf_counter()
            answer = browser.post(f"/queue/{post_id}/approve", data=form)
            approvals.append(perf_counter() - begun)
            assert answer.status_code == 303, (answer.status_code, answer.get_data(as_text=True))
    return [
        ("approval against reading the post's page", median(approvals) / median(reads), "times"),
        ("approval", median(approvals) * 1000, "ms"),
    ]
