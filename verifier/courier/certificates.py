"""Certificates by which the two ends of a connection know each other: self-signed, and pinned whole."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

# Pinned, so their dates say nothing; one that runs out in the middle of the night helps nobody.
_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2100, 1, 1, tzinfo=UTC)


def make_certificate(serial: int) -> tuple[bytes, bytes]:
    """Return a new key and its certificate in PEM. Nobody's name is in it.

    :param serial: 1 to 2^159, by dice
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fourth-signer holder")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, certificate.public_bytes(Encoding.PEM)


def make_context(key: Path, certificate: Path, *, pinned: bytes, is_server: bool) -> ssl.SSLContext:
    """Return TLS 1.3 in which both ends show a certificate, and the other end's is just the pinned one.

    :param pinned: the other end's certificate, DER
    :raises OSError: the key or a certificate cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The certificate itself is what is trusted; a host's name says nothing about a holder.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(pinned))
    context.load_cert_chain(certificate, key)
    return context


def is_pinned(shown: bytes | None, pinned: bytes) -> bool:
    """Whether the certificate that the other end showed is the pinned one, byte by byte."""
    return shown == pinned
