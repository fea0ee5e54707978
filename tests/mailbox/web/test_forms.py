"""A form token proves that we made this form, for this device and purpose, and says when."""

from __future__ import annotations

import pytest
from flask import Flask, Request
from werkzeug.test import EnvironBuilder

from mailbox.errors import PassRefused
from mailbox.office import Office
from mailbox.web.forms import FORM_AGE_SECONDS, new_token, nonce_of, our_form, text_of, thread_of, thread_pass
from tests.support.clock import FixedClock


def sent(content_type: str = "application/x-www-form-urlencoded", **fields: str) -> Request:
    builder = EnvironBuilder(method="POST", data=fields, content_type=content_type)
    return Flask("form").request_class(builder.get_environ())


@pytest.fixture
def token(office: Office) -> str:
    return new_token(office, "write", "tablet-1")


def test_a_form_of_ours_has_a_nonce_of_its_own_and_its_age(office: Office, clock: FixedClock, token: str) -> None:
    made_at_s = int(clock().timestamp())
    clock.advance(minutes=10)
    form = our_form(office, "write", "tablet-1", sent(token=token))
    assert (len(form.nonce), form.made_at_s) == (16, made_at_s)
    other = new_token(office, "write", "tablet-1")
    assert nonce_of(office, "write", "tablet-1", sent(token=other)) != form.nonce
    assert form.nonce.hex() not in repr(form)


@pytest.mark.parametrize(("purpose", "device"), [("read", "tablet-1"), ("write", "tablet-2"), ("write", "")])
def test_a_form_of_another_purpose_or_device_is_refused(office: Office, token: str, purpose: str, device: str) -> None:
    with pytest.raises(PassRefused, match="forged"):
        our_form(office, purpose, device, sent(token=token))


def test_an_old_form_is_stale_and_a_missing_token_forged(office: Office, clock: FixedClock, token: str) -> None:
    clock.advance(seconds=FORM_AGE_SECONDS)
    assert our_form(office, "write", "tablet-1", sent(token=token))
    clock.advance(seconds=1)
    with pytest.raises(PassRefused, match="stale"):
        our_form(office, "write", "tablet-1", sent(token=token))
    for wrong in ("", token[:-1], token + "A", "信", "\x00"):
        with pytest.raises(PassRefused, match="forged"):
            our_form(office, "write", "tablet-1", sent(token=wrong))


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/json", "text/plain", ""])
def test_a_body_of_another_kind_is_refused_unread(office: Office, token: str, kind: str) -> None:
    request = sent(kind or "application/octet-stream", token=token) if kind == "multipart/form-data" else _raw(kind)
    with pytest.raises(PassRefused):
        our_form(office, "write", "tablet-1", request)
    # Nothing was parsed: what would hold the fields does not exist yet.
    assert "form" not in request.__dict__


def test_a_body_that_does_not_say_its_length_is_refused_unread(office: Office, token: str) -> None:
    request = sent(token=token)
    del request.environ["CONTENT_LENGTH"]
    with pytest.raises(PassRefused):
        our_form(office, "write", "tablet-1", request)


def _raw(kind: str) -> Request:
    builder = EnvironBuilder(method="POST", data=b"token=x", content_type=kind)
    return Flask("form").request_class(builder.get_environ())


def test_a_thread_pass_is_no_form_and_a_form_no_thread_pass(office: Office, token: str) -> None:
    thread = thread_pass(office, "tablet-1", "thread-1")
    assert thread_of(office, "tablet-1", thread) == "thread-1"
    with pytest.raises(PassRefused):
        thread_of(office, "tablet-1", token)
    with pytest.raises(PassRefused):
        our_form(office, "write", "tablet-1", sent(token=thread))


def test_line_ends_come_as_the_child_typed_them() -> None:
    assert text_of(sent(words="一\r\n二\n三\r四"), "words") == "一\n二\n三\r四"
    assert text_of(sent(), "words") == ""
