"""The page that says who did what and when: to the lead all of it, to a counselor their own acts, to the head counts.

In words and by day, never with anything out of a letter. What may be seen is decided by ``people.audit_looks``.
"""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template, request

from counselor_ui.audit_words import act_in_words
from counselor_ui.guard import colleague, guard
from mailbox.people.audit_looks import COUNTED_WEEKS, AuditPage, audit_page
from mailbox.people.listing import names_of
from mailbox.web.current import office

pages = Blueprint("audit", __name__, url_prefix="/desk/audit", template_folder="templates")
guard(pages)


@pages.get("/")
def acts_page() -> str:
    me = colleague()
    shown = audit_page(office(), me, _page())
    return render_template(
        "desk/audit.html",
        shown=shown,
        counts=_counts(shown),
        counted_weeks=COUNTED_WEEKS,
        names=names_of(office(), me.school_id),
        act_in_words=act_in_words,
    )


def _page() -> int:
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _counts(shown: AuditPage) -> list[tuple[str, int]]:
    """Return the counts by words, the most frequent first: several acts may share their words."""
    together: Counter[str] = Counter()
    for act, number in shown.counts.items():
        together[act_in_words(act)] += number
    return together.most_common()
