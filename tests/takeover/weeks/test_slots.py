"""When a post may go out: pure rules, without a database."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from takeover.programmes.models import Programme
from takeover.weeks.models import Week
from takeover.weeks.slots import next_free_slot, slots_of


def week(
    starts_on=date(2026, 11, 23),
    *,
    zone="Europe/Paris",
    days=range(7),
    times=("12:15",),
    spacing=0,
    quiet=("", ""),
):
    programme = Programme(
        timezone=zone,
        slot_days=list(days),
        slot_times=list(times),
        spacing=spacing,
        quiet_from=quiet[0],
        quiet_until=quiet[1],
    )
    return Week(programme=programme, starts_on=starts_on)


def utc(*when):
    return datetime(*when, tzinfo=UTC)


def test_slots_are_on_the_accounts_clock():
    assert slots_of(week())[0] == utc(2026, 11, 23, 11, 15)
    assert slots_of(week(zone="Asia/Seoul"))[0] == utc(2026, 11, 23, 3, 15)


def test_only_the_programmes_days_have_slots():
    slots = slots_of(week(days=[0, 4], times=["08:00", "18:00"]))

    assert [slot.day for slot in slots] == [23, 23, 27, 27]


def test_the_next_slot_is_the_first_that_is_free_and_still_to_come():
    at = utc(2026, 11, 24, 11, 15)

    assert next_free_slot(week(), taken=[], at=at) == utc(2026, 11, 25, 11, 15)
    taken = [utc(2026, 11, 25, 11, 15), utc(2026, 11, 26, 11, 15)]
    assert next_free_slot(week(), taken=taken, at=at) == utc(2026, 11, 27, 11, 15)


def test_a_post_prepared_early_waits_for_the_authors_week():
    assert next_free_slot(week(), taken=[], at=utc(2026, 11, 1)) == utc(2026, 11, 23, 11, 15)


def test_when_the_last_slot_is_gone_there_is_none():
    assert next_free_slot(week(), taken=[], at=utc(2026, 11, 29, 11, 15)) is None
    assert next_free_slot(week(), taken=slots_of(week()), at=utc(2026, 11, 1)) is None


@pytest.mark.parametrize("monday", [date(2026, 3, 23), date(2026, 10, 19)])
def test_a_week_in_which_the_clock_changes_has_seven_slots_inside_it(monday):
    changing = week(monday, times=["02:30"])

    slots = slots_of(changing)

    assert len(set(slots)) == 7
    assert all(changing.begins <= slot < changing.ends for slot in slots)
    assert changing.ends - changing.begins in {timedelta(hours=167), timedelta(hours=169)}


def test_without_times_a_post_goes_out_as_soon_as_it_is_approved():
    at = utc(2026, 11, 24, 9, 0, 0)
    free = week(times=[])

    assert next_free_slot(free, taken=[], at=at) == at
    assert next_free_slot(free, taken=[at], at=at) == at + timedelta(seconds=1)


def test_without_times_it_still_waits_for_the_week_and_its_days():
    assert next_free_slot(week(times=[]), taken=[], at=utc(2026, 11, 1)) == utc(2026, 11, 23, 8)
    only_friday = week(times=[], days=[4])
    assert next_free_slot(only_friday, taken=[], at=utc(2026, 11, 24)) == utc(2026, 11, 27, 8)
    assert next_free_slot(only_friday, taken=[], at=utc(2026, 11, 28, 12)) is None


def test_without_times_what_was_approved_ahead_does_not_go_out_in_a_burst():
    free, slots = week(times=[]), []
    for _ in range(10):
        slots.append(next_free_slot(free, taken=slots, at=utc(2026, 11, 1)))

    assert slots[0] == utc(2026, 11, 23, 8)
    assert all(b - a >= timedelta(hours=2) for a, b in pairwise(slots))


@pytest.mark.parametrize("quiet", [("08:00", "09:00"), ("18:00", "08:31")])
def test_a_slot_in_the_quiet_hours_is_passed_over(quiet):
    hers = week(times=["08:30", "12:15"], quiet=quiet)

    assert next_free_slot(hers, taken=[], at=utc(2026, 11, 24)) == utc(2026, 11, 24, 11, 15)


def test_quiet_hours_end_where_they_end_and_begin_where_they_begin():
    hers = week(times=["08:30", "22:00"], quiet=("22:00", "08:30"))

    slots = [next_free_slot(hers, taken=[], at=utc(2026, 11, day)) for day in (24, 25)]

    assert slots == [utc(2026, 11, 24, 7, 30), utc(2026, 11, 25, 7, 30)]
    assert next_free_slot(hers, taken=[], at=slots[0]) == slots[1]


def test_without_times_what_is_approved_in_quiet_hours_goes_out_when_they_are_over():
    hers = week(times=[], quiet=("22:00", "07:00"))

    early, over = utc(2026, 11, 25, 3), utc(2026, 11, 25, 6)
    assert [next_free_slot(hers, taken=[], at=at) for at in (early, over)] == [over] * 2
    evening = utc(2026, 11, 24, 22, 30)  # of the day before: with what was approved ahead
    assert next_free_slot(hers, taken=[], at=evening) == utc(2026, 11, 25, 8)


@pytest.mark.parametrize("hour", [0, 1])  # 02:10, for the first time and the second
def test_quiet_hours_end_too_in_the_hour_that_comes_twice(hour):
    hers = week(date(2026, 10, 19), times=[], quiet=("01:00", "02:30"))

    at = utc(2026, 10, 25, hour, 10)
    assert next_free_slot(hers, taken=[], at=at) == utc(2026, 10, 25, hour, 30)


@pytest.mark.parametrize("times", [["12:00", "12:10", "12:20", "12:40"], []])
def test_a_slot_is_as_far_from_the_others_as_the_programme_asks(times):
    hers = week(times=times, spacing=20)
    out = utc(2026, 11, 24, 10, 55)

    first = next_free_slot(hers, taken=[out], at=utc(2026, 11, 24, 10, 56))
    second = next_free_slot(hers, taken=[out, first], at=first)

    assert first - out >= timedelta(minutes=20)
    assert second - first >= timedelta(minutes=20)
    assert not times or {first, second} <= set(slots_of(hers))
