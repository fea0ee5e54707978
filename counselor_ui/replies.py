"""Writing a reply: a second look before it goes, drafts, beginnings, and how the child will see it.

Owns the steps of the form. Whatever is refused or asked again, the typed words stay in the form, and a draft of them is
kept. Nothing is forbidden here: who has read the advice may send all the same.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import check_words, words
from counselor_ui.gone import or_gone
from counselor_ui.guard import back_to, colleague, form_nonce, form_token, sent_form, show_sent_form_again, status_of
from counselor_ui.second_look import finds_in, is_to_be_shown, names_of
from counselor_ui.sentences import sentence_for
from mailbox.errors import (
    Changed,
    ClaimLost,
    Clash,
    InputRefused,
    MailboxError,
    NotKept,
    PassRefused,
    TextRefused,
)
from mailbox.kiosk.pinyin import read_aloud
from mailbox.letters.answer import MAX_REPLY_CHARACTERS, answer
from mailbox.letters.desk import OpenedThread
from mailbox.letters.drafts import draft_of, keep_draft
from mailbox.openings.when import next_opening_of
from mailbox.people.beginnings import offered_beginnings
from mailbox.rules.reading_level import reading_level
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of
from mailbox.web.language import say
from triage.protocol import Topic

ShowLetter = Callable[..., str]
_REFUSED = (InputRefused, TextRefused, PassRefused, ClaimLost, Clash, NotKept)


def hang(pages: Blueprint, show_letter: ShowLetter) -> None:
    """Put the steps of a reply among the pages of a letter; ``show_letter(thread_id, **kept)`` shows it again."""
    steps = _Steps(show_letter)
    for name, address, step in (
        ("reply", "reply", or_gone("reply")(steps.reply)),
        ("keep", "draft", or_gone("reply")(steps.keep)),
        ("keep_typing", "draft/typing", steps.keep_typing),
        ("edit", "edit", or_gone("reply")(steps.edit)),
        ("preview", "preview", or_gone("reply")(steps.preview)),
    ):
        pages.add_url_rule(f"/<thread_id>/{address}", name, step, methods=["POST"])


def in_form(opened: OpenedThread) -> dict[str, object]:
    """Return what the form of a letter holds when it is opened: one's own draft, and beginnings by its topics."""
    reader = colleague()
    draft = draft_of(office(), reader, opened.row.id)
    contents = [note.content for note in reversed(opened.notes) if note.content]
    topics = dict.fromkeys(topic for content in contents for topic in content.assessment.topics)
    return {
        "reply": draft.text if draft and draft.text else "",
        "draft_version": draft.version if draft else "",
        "draft_state": ("shown" if draft.text else "damaged") if draft else None,
        "draft_kept": "kept" in request.args,
        "beginnings": offered_beginnings(office(), reader.school_id, list(topics) or [Topic.OTHER]),
        "find_advice": check_words.advice,
    }


class _Steps:
    """The five things that a reply's form can ask for."""

    def __init__(self, show_letter: ShowLetter) -> None:
        self._show_letter = show_letter

    def reply(self, thread_id: str) -> AnyResponse:
        """Send; where the check finds what was not yet shown, show it first."""
        reader, text, release_now = colleague(), _typed(), _is_for_now()
        is_ours = False
        try:
            sent_form("reply")
            is_ours = True
            finds = finds_in(thread_id, text)
            if is_to_be_shown(finds, text):
                return make_response(self._again(thread_id, text, finds=finds, find_names=names_of(finds, text)))
            answer(office(), reader, thread_id, text, release_now=release_now, form_nonce=form_nonce())
        except _REFUSED as refused:
            return self._refused(thread_id, text, refused, is_ours=is_ours)
        return back_to("letters.queue_page", thanks="now" if release_now else "held")

    def keep(self, thread_id: str) -> AnyResponse:
        """Keep a draft by the button; a newer one of another page stays, and both are shown."""
        text = _typed()
        try:
            form = sent_form("reply")
            keep_draft(office(), colleague(), thread_id, text, form.get("draft", ""))
        except Changed as refused:
            newer = draft_of(office(), colleague(), thread_id)
            page = self._show_letter(
                thread_id,
                problem=say("另一个页面里有更新的草稿，没有盖掉它。要留下面写的这一份，请再按一次“存草稿”。"),
                newer_draft=newer.text if newer else None,
                **_kept(text, newer.version if newer else ""),
            )
            return make_response(page, status_of(refused))
        except _REFUSED as refused:
            return self._refused(thread_id, text, refused, is_ours=False)
        return back_to("letters.letter_page", thread_id=thread_id, kept=1, _anchor="reply")

    def keep_typing(self, thread_id: str) -> Response:
        """Keep a draft while somebody types; asked by the page's script, which gets the next form's token."""
        form = sent_form("draft")
        version = keep_draft(office(), colleague(), thread_id, _typed(), form.get("draft", ""))
        return jsonify(draft=version, token=form_token("draft"))

    def edit(self, thread_id: str) -> AnyResponse:
        """Show the form again with the words, and with the beginning that was chosen."""
        text = _typed()
        try:
            form = sent_form("reply")
        except PassRefused as refused:
            return self._refused(thread_id, text, refused, is_ours=False)
        return make_response(self._again(thread_id, _with_beginning(thread_id, text, form.get("beginning", ""))))

    def preview(self, thread_id: str) -> AnyResponse:
        """Show the reply as the child will see it, with what the check finds and how hard it is to read."""
        text = _typed()
        try:
            sent_form("reply")
            if not text.strip() or len(text) > MAX_REPLY_CHARACTERS:
                raise InputRefused("reply", "blank_or_long")
        except _REFUSED as refused:
            return self._refused(thread_id, text, refused, is_ours=False)
        finds = finds_in(thread_id, text)
        page = render_template(
            "desk/preview.html",
            thread_id=thread_id,
            pieces=read_aloud(text),
            finds=finds,
            find_names=names_of(finds, text),
            find_advice=check_words.advice,
            level=check_words.level_words(reading_level(text)),
            opening=words.until_opening(next_opening_of(office(), colleague().school_id), office().local_now()),
            **_kept(text, _keep_quietly(thread_id, text)),
        )
        return make_response(page)

    def _again(self, thread_id: str, text: str, **more: object) -> str:
        return self._show_letter(thread_id, **_kept(text, _keep_quietly(thread_id, text)), **more)

    def _refused(self, thread_id: str, text: str, refused: MailboxError, *, is_ours: bool) -> Response:
        # A form that is not ours changes nothing, not even a draft.
        version = _keep_quietly(thread_id, text) if is_ours else request.form.get("draft", "")
        if is_ours and isinstance(refused, NotKept):
            show_sent_form_again("reply")
        page = self._show_letter(thread_id, problem=sentence_for(refused), **_kept(text, version))
        return make_response(page, status_of(refused))


def _typed() -> str:
    require_plain_form(request)
    return text_of(request, "reply")


def _is_for_now() -> bool:
    return request.form.get("when") == "now"


def _kept(text: str, version: str) -> dict[str, object]:
    """Return what the form shows of what was sent."""
    return {"reply": text, "draft_version": version, "draft_state": None, "release_now": _is_for_now()}


def _keep_quietly(thread_id: str, text: str) -> str:
    """Keep a draft beside what was asked for; whether it can be kept decides nothing else."""
    seen = request.form.get("draft", "")
    try:
        return keep_draft(office(), colleague(), thread_id, text, seen)
    except (Changed, InputRefused, TextRefused, Clash, NotKept):
        return seen


def _with_beginning(thread_id: str, text: str, chosen: str) -> str:
    """Return the words with a beginning: on its own where nothing stands yet, below what stands there otherwise."""
    key, _, language = chosen.rpartition(".")
    if not key:
        return text
    reader = colleague()
    # Any topic's: the page may show those of a letter that came meanwhile.
    found = next((one for one in offered_beginnings(office(), reader.school_id, list(Topic)) if one.key == key), None)
    if found is None:
        return text
    beginning = found.english if language == "english" else found.chinese
    return f"{text.rstrip()}\n{beginning}" if text.strip() else beginning
