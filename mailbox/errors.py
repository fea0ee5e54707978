"""Every error the mailbox raises on purpose, named for what went wrong.

Owns the names only. No error carries a child's words, a code, a passphrase or an address: the edge
(``mailbox.web.problems``) turns each into a sentence its reader can act on.
"""

from __future__ import annotations


class MailboxError(Exception):
    """Base of all errors that the edge knows how to explain."""


# --- start-up -------------------------------------------------------------------------------------


class SettingsRefused(MailboxError):
    """A setting is missing or wrong; the program does not start."""

    def __init__(self, setting: str, mend: str) -> None:
        super().__init__(f"{setting}: {mend}")
        self.setting = setting
        self.mend = mend


class KeyFileRefused(SettingsRefused):
    """The key file is missing, malformed or readable by others."""


# --- sealing --------------------------------------------------------------------------------------


class TextRefused(MailboxError):
    """The text cannot be kept as it is (lone surrogates); nothing of it is repeated here."""


class BoxNotOpened(MailboxError):
    """A sealed box did not open: wrong key, changed, moved to another row, or of an unknown version.

    Names the row and the class of reason, never the content.
    """

    def __init__(self, kind: str, owner_id: str, message_id: str, reason: str) -> None:
        super().__init__(f"{kind} box of {owner_id}/{message_id} did not open: {reason}")
        self.kind = kind
        self.owner_id = owner_id
        self.message_id = message_id
        self.reason = reason


class NotAuthentic(MailboxError):
    """A row does not carry our mark: it was written or changed by somebody who only has the database."""

    def __init__(self, kind: str, row_id: str) -> None:
        super().__init__(f"{kind} {row_id} is not authentic")
        self.kind = kind
        self.row_id = row_id


class WrongPassphrase(MailboxError):
    """The passphrase does not open this key."""


class SlipRefused(MailboxError):
    """A recovery slip cannot be read. ``which`` is 1 or 2, or 0 when the two do not belong together."""

    def __init__(self, which: int, reason: str) -> None:
        super().__init__(f"recovery slip {which}: {reason}")
        self.which = which
        self.reason = reason


class SessionRefused(MailboxError):
    """The session cookie is malformed, foreign, ended or idle for too long."""


class TooManyLetters(MailboxError):
    """A tablet sent more letters than its pace allows; ``seconds`` is how long the next one waits."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many letters")
        self.seconds = seconds


class CodeNeeded(SessionRefused):
    """The passphrase was right, and the second factor's code has not been given yet."""


class FactorNeeded(MailboxError):
    """The school asks its readers for a second factor, and this one has none yet."""


class CodeRefused(MailboxError):
    """A second factor's code does not fit. ``reason``: wrong, used, slow_clock (then ``minutes`` says by how much)."""

    def __init__(self, reason: str, minutes: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.minutes = minutes


class PassRefused(MailboxError):
    """A short-lived form token is forged, stale or bound to somebody else. ``reason``: forged, stale."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# --- acts -----------------------------------------------------------------------------------------


class NotFound(MailboxError):
    """No such thing for this person: also raised for what they may not know of."""


class NotAllowed(MailboxError):
    """The role does not allow this act."""


class NotKept(MailboxError):
    """The store could not take the write (disk full, locked, gone); nothing half-written stays."""


class Clash(MailboxError):
    """A row that must be the only one of its kind exists already: somebody else was faster."""


class KioskClosed(MailboxError):
    """The kiosk cannot take letters now: no reader, no acknowledged test alarm, or not set up."""


class NoteRefused(MailboxError):
    """A note cannot be taken. ``reason``: blank, too_long, unreadable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MediaRefused(MailboxError):
    """A drawing or a recording cannot be kept; the words of the note can.

    ``reason``: broken, not_a_drawing, not_a_recording, too_large, too_long, empty, or unavailable when the
    decoder died, took too long or could not start.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AlreadySent(MailboxError):
    """This very form was kept before, too long ago to show its code again."""


class UnknownCode(MailboxError):
    """No thread answers to this code."""


class ClaimLost(MailboxError):
    """Somebody else holds the claim on this thread. ``holder`` is the colleague's display name."""

    def __init__(self, holder: str) -> None:
        super().__init__("the thread is claimed by a colleague")
        self.holder = holder


class Changed(MailboxError):
    """The thing was changed by somebody else in the meantime; look again."""


class InputRefused(MailboxError):
    """A field of a staff form is not acceptable. ``field`` and ``reason`` are short names."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


# --- upkeep ---------------------------------------------------------------------------------------


class UpkeepRefused(MailboxError):
    """A backup cannot be made or brought back. ``reason`` is a short name, ``place`` the file or folder it is about.

    ``reason``: no_recovery, no_folder, no_room, not_written, busy, database, no_backup, damaged, newer, wrong_key,
    not_empty, in_the_way, running, other_keys.
    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{reason}: {place}" if place else reason)
        self.reason = reason
        self.place = place
