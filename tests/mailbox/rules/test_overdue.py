"""One day for each level says which letters are late, exactly as the deadline of each letter would."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.rules.overdue import late_since
from mailbox.rules.policy import read_by
from mailbox.rules.queue_wish import Shape
from mailbox.rules.school_calendar import SchoolCalendar, Span
from triage.protocol import Cause, Urgency

LEVELS = {
    Shape.URGENT: ((Urgency.URGENT, None), (Urgency.UNSCREENED, Cause.FAILED)),
    Shape.PERSON: ((Urgency.UNSCREENED, Cause.NEEDS_PERSON), (Urgency.UNSCREENED, None)),
    Shape.SOON: ((Urgency.SOON, None),),
    Shape.ROUTINE: ((Urgency.ROUTINE, None),),
}
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
SPANS = st.builds(lambda first, length: Span(first, first + timedelta(days=length)), DAYS, st.integers(0, 60))


@settings(deadline=None, max_examples=60)
@given(DAYS, st.integers(0, 6), st.lists(SPANS, max_size=3), st.lists(SPANS, max_size=2))
def test_a_letter_is_late_exactly_if_it_came_on_that_day_or_before(
    today: date, weekday: int, closed: list[Span], extra: list[Span]
) -> None:
    calendar = SchoolCalendar(weekday, 15, closed=tuple(closed), extra=tuple(extra))
    since = late_since(today, calendar)
    for shape, levels in LEVELS.items():
        for back in range(1, 90):
            day = today - timedelta(days=back)
            for urgency, cause in levels:
                assert (today > read_by(urgency, cause, day, calendar)) == (day <= since[shape])
