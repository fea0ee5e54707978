"""The check at start-up that every piece of cryptography is there; refuses to start and says which is missing."""

from __future__ import annotations

from mailbox.errors import BoxNotOpened, SettingsRefused


def check_cryptography() -> None:
    """Make one tiny round trip through every piece. Raises SettingsRefused naming the piece that is missing."""
    pieces = {"ML-KEM-768": _try_mlkem, "HPKE with MLKEM768_X25519": _try_box, "Argon2id": _try_argon2}
    for name, attempt in pieces.items():
        try:
            attempt()
        except Exception as broken:
            # Whatever the reason, a service without its cryptography must not take letters.
            raise SettingsRefused(
                "cryptography", f"{name} is not available ({type(broken).__name__}); install the locked requirements"
            ) from broken


def _try_mlkem() -> None:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

    MLKEM768PrivateKey.generate()


def _try_box() -> None:
    from mailbox.sealing.box import BoxAddress, PrivateKey, open_box, seal

    address = BoxAddress("selfcheck", "start", "up")
    private = PrivateKey.generate()
    if open_box(private, address, seal(private.public(), address, b"ok")) != b"ok":
        raise BoxNotOpened("selfcheck", "start", "up", "round trip")


def _try_argon2() -> None:
    from mailbox.sealing.passphrase import Argon2Cost, spend_the_same_time

    spend_the_same_time("start-up", Argon2Cost(memory_kib=64, passes=1))
