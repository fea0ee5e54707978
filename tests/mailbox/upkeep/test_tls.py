"""The school's own authority: what OpenSSL makes of it, made once, renewed in time, and what is said of bad files."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from mailbox.errors import SettingsRefused
from mailbox.upkeep.tls import keeping
from mailbox.upkeep.tls.authority import Certified, certify, make_authority, read_pem
from mailbox.upkeep.tls.keeping import RENEW_BEFORE, Folder, Keeper, Trouble, look_up, renew_if_due, set_up
from mailbox.upkeep.tls.places import Places, local_addresses, read_places
from tests.support.tls import made, trusting

NOW = datetime.now(UTC).replace(microsecond=0)
HERE = read_places(["xinxiang.local"], ["127.0.0.1", "192.168.1.20", "fd00::20"])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.of(tmp_path)


def shaken_hands(server: Certified, root: Certified, host: str, tmp_path: Path) -> None:
    """Let a client that trusts ``root`` open ``host`` at a server with this certificate. Raises ssl.SSLError."""
    pem = tmp_path / "shown.pem"
    pem.write_bytes(server.pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            context.wrap_socket(ours, server_side=True).close()
        except OSError:
            ours.close()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        trusting(root.der).wrap_socket(theirs, server_hostname=host).close()
    finally:
        theirs.close()
        serving.join()


def refusal(folder: Folder, wanted: Places = Places(), now: datetime = NOW, *, anew: bool = False) -> str:  # noqa: B008
    with pytest.raises(SettingsRefused) as refused:
        set_up(folder, wanted, now, anew=anew)
    return str(refused.value)


# --- what the authority may do ----------------------------------------------------------------------


@pytest.mark.parametrize("host", ["xinxiang.local", "192.168.1.20", "fd00::20"])
def test_every_name_and_address_of_the_school_is_trusted(host: str, folder: Folder, tmp_path: Path) -> None:
    kept = set_up(folder, HERE, NOW)
    shaken_hands(kept.server, kept.authority, host, tmp_path)


@pytest.mark.parametrize(
    ("own", "names", "addresses"),
    [
        (HERE, ["www.baidu.com"], []),
        (HERE, ["other.local"], []),
        (HERE, ["xinxiang.local", "www.baidu.com"], []),
        (HERE, [], ["192.168.1.21"]),
        (HERE, [], ["fd00::21"]),
        # A kind of which the school has nothing is shut and not left open.
        (read_places(["xinxiang.local"], []), [], ["192.168.1.20"]),
        (read_places(["xinxiang.local"], []), [], ["fd00::20"]),
        (read_places([], ["192.168.1.20"]), ["www.baidu.com"], []),
        (read_places([], ["192.168.1.20"]), [], ["fd00::20"]),
    ],
)
def test_a_certificate_for_another_place_is_refused_though_the_schools_key_signed_it(
    own: Places, names: list[str], addresses: list[str], tmp_path: Path
) -> None:
    authority = make_authority(own, NOW)
    forged = certify(authority, read_places(names, addresses), NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree violation"):
        shaken_hands(forged, authority, (names or addresses)[-1], tmp_path)


def test_an_authority_below_the_schools_own_is_refused(tmp_path: Path) -> None:
    above = make_authority(HERE, NOW)
    below = make_authority(HERE, NOW)
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    builder = x509.CertificateBuilder(
        above.certificate.subject,
        below.certificate.subject,
        below.key.public_key(),
        x509.random_serial_number(),
        below.begins,
        below.ends,
    )
    for extension in below.certificate.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    signed_below = Certified(builder.sign(above.key, hashes.SHA256()), below.key)
    server = certify(signed_below, HERE, NOW)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(server.pem() + signed_below.pem().partition(b"-----END PRIVATE KEY-----\n")[2])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting(above.der).wrap_bio(incoming, outgoing, server_hostname="xinxiang.local")
    far_side = context.wrap_bio(outgoing, incoming, server_side=True)
    with pytest.raises(ssl.SSLCertVerificationError, match="path length constraint exceeded"):  # noqa: PT012
        for _ in range(4):
            for end in (client, far_side):
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    continue


def test_the_certificates_say_what_old_and_strict_tablets_ask_for(folder: Folder) -> None:
    kept = set_up(folder, HERE, NOW)
    assert kept.authority.key.curve.name == kept.server.key.curve.name == "secp256r1"
    assert kept.server.ends - kept.server.begins < timedelta(days=397)
    assert timedelta(days=3_650) < kept.authority.ends - NOW < timedelta(days=3_653)
    critical = {type(each.value).__name__ for each in kept.authority.certificate.extensions if each.critical}
    assert critical == {"BasicConstraints", "KeyUsage", "NameConstraints"}


def test_two_roots_of_one_school_have_different_titles() -> None:
    assert make_authority(HERE, NOW).title != make_authority(HERE, NOW).title


# --- made once, and renewed -------------------------------------------------------------------------


def test_a_second_set_up_keeps_the_authority_and_the_certificate(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    assert set_up(folder, Places(), NOW + timedelta(days=100)).server.der == first.server.der
    assert set_up(folder, HERE, NOW).server.der == first.server.der
    assert {path.name: path.read_bytes() for path in folder.path.iterdir()} == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_keys_are_for_this_account_only_and_nothing_else_is_left_in_the_folder(folder: Folder) -> None:
    set_up(folder, HERE, NOW)
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.path.iterdir()}
    assert modes == {"authority.pem": 0o600, "server.pem": 0o600, "school-root.crt": 0o644}
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_the_root_for_tablets_holds_no_key(folder: Folder) -> None:
    kept = set_up(folder, HERE, NOW)
    assert folder.root.read_bytes() == kept.authority.der


def test_another_root_is_made_only_when_it_is_said(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    second = set_up(folder, HERE, NOW, anew=True)
    assert second.authority.fingerprint != first.authority.fingerprint
    assert folder.root.read_bytes() == second.authority.der
    assert look_up(folder).server.der == second.server.der


def test_fewer_places_get_a_new_certificate_of_the_same_authority(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    second = set_up(folder, read_places([], ["192.168.1.20"]), NOW)
    assert second.authority.der == first.authority.der
    assert second.places.in_words() == "192.168.1.20"
    assert set_up(folder, HERE, NOW).places.same_as(HERE)


def test_a_place_beyond_the_authority_is_refused_with_what_to_do(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    said = refusal(folder, read_places([], ["192.168.1.33"]))
    assert "192.168.1.33" in said and "192.168.1.20" in said
    assert "--again" in said and "trust the new root" in said
    assert look_up(folder).server.der == first.server.der


def test_a_certificate_is_renewed_a_quarter_before_its_end_and_not_earlier(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    due = first.server.ends - RENEW_BEFORE
    assert not renew_if_due(folder, due - timedelta(minutes=1))
    assert renew_if_due(folder, due)
    second = look_up(folder)
    assert second.server.ends > first.server.ends + timedelta(days=300)
    assert (second.authority.der, second.places) == (first.authority.der, first.places)
    assert second.server.key.private_numbers() != first.server.key.private_numbers()


def test_a_certificate_that_ended_while_the_pc_was_off_is_renewed(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    later = first.server.ends + timedelta(days=200)
    assert first.trouble(later) is Trouble.ENDED
    assert renew_if_due(folder, later)
    assert look_up(folder).server.begins < later < look_up(folder).server.ends


def test_no_certificate_outlives_its_authority_and_none_is_made_over_and_over_at_its_end(folder: Folder) -> None:
    authority = set_up(folder, HERE, NOW).authority
    late = authority.ends - timedelta(days=30)
    assert renew_if_due(folder, late)
    last = look_up(folder)
    assert last.server.ends == authority.ends
    assert not renew_if_due(folder, late + timedelta(days=1))
    assert last.trouble(late) is Trouble.AUTHORITY_ENDS
    assert last.trouble(authority.ends) is Trouble.AUTHORITY_ENDED


def test_an_authority_that_ended_signs_nothing_more_and_says_what_to_do(folder: Folder) -> None:
    kept = set_up(folder, HERE, NOW)
    after = kept.authority.ends + timedelta(days=1)
    assert not renew_if_due(folder, after)
    folder.server.unlink()
    said = refusal(folder, now=after)
    assert "--again" in said and "clock" in said
    assert set_up(folder, HERE, after, anew=True).trouble(after) in {Trouble.NONE, Trouble.MOVED}


def test_with_a_clock_set_back_nothing_is_renewed_or_made_and_the_clock_is_named(folder: Folder) -> None:
    kept = set_up(folder, HERE, NOW)
    back = NOW - timedelta(days=6_000)
    assert kept.trouble(back) is Trouble.CLOCK
    assert not renew_if_due(folder, back)
    assert look_up(folder).server.der == kept.server.der
    folder.server.unlink()
    assert "set the clock right" in refusal(folder, now=back)


def test_the_keeper_renews_and_says_a_trouble_once(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    keeper = Keeper(folder, lambda: NOW)
    keeper.look()
    assert not folder.path.exists()
    set_up(folder, HERE, NOW - timedelta(days=390))
    old = look_up(folder).server
    keeper.look()
    assert look_up(folder).server.ends > old.ends
    folder.server.write_bytes(b"x")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            keeper.look()
    assert len(caplog.records) == 1 and "flask tls status" in caplog.text


# --- bad files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["authority", "server"])
@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_file_is_named_with_the_mend(folder: Folder, name: str, content: bytes) -> None:
    set_up(folder, HERE, NOW)
    path = getattr(folder, name)
    path.write_bytes(content)
    with pytest.raises(SettingsRefused) as refused:
        look_up(folder)
    assert str(path) in str(refused.value) and "backup" in str(refused.value)


def test_a_damaged_or_lost_server_certificate_is_made_anew_and_tablets_notice_nothing(folder: Folder) -> None:
    first = set_up(folder, HERE, NOW)
    folder.server.write_bytes(b"nonsense")
    assert set_up(folder, Places(), NOW).places.same_as(HERE)
    folder.server.unlink()
    assert set_up(folder, Places(), NOW).authority.der == first.authority.der


def test_a_damaged_authority_is_never_replaced_unasked(folder: Folder) -> None:
    set_up(folder, HERE, NOW)
    folder.authority.write_bytes(b"nonsense")
    assert "damaged" in refusal(folder, HERE)
    assert folder.authority.read_bytes() == b"nonsense"


def test_a_key_beside_another_ones_certificate_is_damage(folder: Folder) -> None:
    kept, other = set_up(folder, HERE, NOW), make_authority(HERE, NOW)
    end = b"-----END PRIVATE KEY-----\n"
    mixed = other.pem().partition(end)[0] + end + kept.authority.pem().partition(end)[2]
    folder.authority.write_bytes(mixed)
    with pytest.raises(SettingsRefused, match="damaged"):
        look_up(folder)


def test_a_server_certificate_of_another_authority_is_named_and_made_anew(folder: Folder) -> None:
    set_up(folder, HERE, NOW)
    folder.server.write_bytes(certify(make_authority(HERE, NOW), HERE, NOW).pem())
    with pytest.raises(SettingsRefused, match="not signed by"):
        look_up(folder)
    set_up(folder, HERE, NOW)
    look_up(folder)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_a_key_that_others_can_read_is_refused_with_the_mend(folder: Folder) -> None:
    set_up(folder, HERE, NOW)
    folder.authority.chmod(0o640)
    with pytest.raises(SettingsRefused, match="chmod 600"):
        look_up(folder)


def test_a_folder_in_the_place_of_a_key_is_named(folder: Folder) -> None:
    set_up(folder, HERE, NOW)
    folder.authority.unlink()
    folder.authority.mkdir(mode=0o700)
    with pytest.raises(SettingsRefused, match="cannot be read"):
        look_up(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a folder where nobody can write")
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in refusal(Folder.of(tmp_path / "file"), HERE)


def test_a_pc_without_a_network_says_what_to_do(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "found_places", Places)
    assert "--address" in refusal(folder)
    assert not folder.path.exists()


def test_nothing_of_another_kind_is_read() -> None:
    with pytest.raises(Exception, match="no key and certificate"):
        read_pem(b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")


# --- names and addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("192.168.1.20", "--address"),
        ("cn", "too wide"),
        ("edu.cn", "too wide"),
        ("xinxiang", "too wide"),
        ("信箱.local", "a-z"),
        ("*.school.cn", "a-z"),
        ("school.cn/x", "a-z"),
        ("-a.local", "a-z"),
        ("", "a-z"),
        ("a." * 130 + "cn", "a-z"),
    ],
)
def test_a_name_that_cannot_be_certified_is_refused_with_the_mend(name: str, mend: str) -> None:
    with pytest.raises(SettingsRefused, match="--name") as refused:
        read_places([name], [])
    assert mend in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["", "192.168.1", "0.0.0.0", "::", "fe80::1%eth0", "224.0.0.1", "192.168.1.0/24", "x"],  # noqa: S104
)
def test_an_address_that_no_tablet_can_open_is_refused_with_the_mend(address: str) -> None:
    with pytest.raises(SettingsRefused, match="--address"):
        read_places([], [address])


def test_names_and_addresses_are_written_one_way() -> None:
    places = read_places(["XinXiang.local.", "xinxiang.LOCAL"], [" [FD00::1] ", "fd00:0::1", "10.0.0.1"])
    assert places == Places(("xinxiang.local",), (ip_address("fd00::1"), ip_address("10.0.0.1")))


def test_a_tablet_is_told_a_real_name_first_then_the_address_of_now_then_the_local_name() -> None:
    lan = read_places(["xinxiang.local"], ["10.0.0.1", "10.0.0.2"])
    assert lan.best() == "10.0.0.1"
    assert lan.best([ip_address("10.0.0.2")]) == "10.0.0.2"
    assert read_places(["xinxiang.local", "box.school.cn"], ["10.0.0.1"]).best() == "box.school.cn"
    assert read_places(["xinxiang.local"], []).best() == "xinxiang.local"


def test_a_pc_that_got_another_address_says_that_it_moved(tmp_path: Path) -> None:
    here = local_addresses()
    elsewhere = "10.254.254.254"
    assert elsewhere not in map(str, here)
    expected = Trouble.MOVED if here else Trouble.NONE
    assert made(tmp_path, elsewhere, names=("xinxiang.local",)).trouble(NOW) is expected
    for address in here:
        assert made(tmp_path / str(address), elsewhere, str(address)).trouble(NOW) is Trouble.NONE
