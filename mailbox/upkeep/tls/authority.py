"""Making and reading certificates: the school's authority, and what it signs. Pure: no file, no clock.

The authority may speak for its own names and addresses only (critical name constraints), for servers only, and may
make no other authority. ECDSA P-256 throughout, which the oldest tablets know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mailbox.upkeep.tls.places import Places

AUTHORITY_DAYS = 3_652
# Apple and Chromium take no longer ones from an authority of the public; a school's own keeps to it too.
SERVER_DAYS = 397
# A tablet whose clock is a little slow must not find a certificate that has not begun.
_BEGUN_BEFORE = timedelta(days=1)
_ORGANIZATION = "悄悄话信箱"


class Unreadable(Exception):
    """These bytes hold no key and certificate that belong together."""


@dataclass(frozen=True)
class Certified:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def begins(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def ends(self) -> datetime:
        return self.certificate.not_valid_after_utc

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as tablets show it: 32 pairs of hexadecimal digits with colons."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def title(self) -> str:
        """The name under which a tablet lists it."""
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    def pem(self) -> bytes:
        """Return key and certificate in one piece, so that no power cut leaves a key beside another's certificate."""
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private + self.certificate.public_bytes(serialization.Encoding.PEM)


def read_pem(content: bytes) -> Certified:
    """Return what :meth:`Certified.pem` wrote. Raises Unreadable."""
    try:
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unreadable("no key and certificate") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        raise Unreadable("the key belongs to another certificate")
    return Certified(certificate, key)


def make_authority(places: Places, now: datetime) -> Certified:
    """Return a new authority that may certify ``places`` and nothing else, from a day before ``now`` for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # Two authorities of one school must not carry the same name: tablets would take one for the other.
    title = f"{_ORGANIZATION} {now:%Y-%m-%d} {identifier.digest.hex()[:4]}"
    name = _name(title)
    certificate = (
        _begun(name, name, key, now, now - _BEGUN_BEFORE + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(places), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return Certified(certificate, key)


def certify(authority: Certified, places: Places, now: datetime) -> Certified:
    """Return a new server certificate with a new key, for at most 397 days and never beyond its authority's end.

    The caller has looked that ``places`` lie within :func:`places_allowed`.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    longest = now - _BEGUN_BEFORE + timedelta(days=SERVER_DAYS, seconds=-1)
    alternatives = [
        *(x509.DNSName(name) for name in places.names),
        *(x509.IPAddress(address) for address in places.addresses),
    ]
    issuer = authority.certificate
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuers = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    certificate = (
        # No host name stands here: verifiers hold names and addresses against the list of alternatives alone.
        _begun(_name(_ORGANIZATION), issuer.subject, key, now, min(longest, authority.ends))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(own, critical=False)
        .add_extension(issuers, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Certified(certificate, key)


def is_signed_by(server: Certified, authority: Certified) -> bool:
    try:
        server.certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def places_of(server: Certified) -> Places:
    """Return the names and addresses of a server certificate."""
    found = server.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return Places(
        tuple(found.get_values_for_type(x509.DNSName)),
        tuple(found.get_values_for_type(x509.IPAddress)),  # type: ignore[arg-type]
    )


def places_allowed(authority: Certified) -> Places:
    """Return the names and addresses for which an authority may speak."""
    found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = found.permitted_subtrees or []
    networks = [name.value for name in permitted if isinstance(name, x509.IPAddress)]
    return Places(
        tuple(name.value for name in permitted if isinstance(name, x509.DNSName)),
        tuple(network.network_address for network in networks if isinstance(network, IPv4Network | IPv6Network)),
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEGUN_BEFORE)
        .not_valid_after(ends)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _constraints(places: Places) -> x509.NameConstraints:
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in places.names]
    permitted += [x509.IPAddress(ip_network(address)) for address in places.addresses]
    # A kind of which nothing is permitted would be free altogether, so it is shut in words.
    shut: list[x509.GeneralName] = []
    if not places.names:
        shut += [x509.DNSName("")]
    if not places.addresses:
        shut += [x509.IPAddress(ip_network("0.0.0.0/0")), x509.IPAddress(ip_network("::/0"))]
    return x509.NameConstraints(permitted or None, shut or None)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
