"""Sealing a secret's value: it can be compared afterwards, and never be read again.

The emulator has to know whether a value arrived, not what it is; a database file that is copied
or attached to a bug report then holds no value in clear. It guards no real secret: a guessable
value can be guessed from its seal.
"""

import hashlib
import hmac
import secrets

_ROUNDS = 1000  # Each write pays for these, and test suites write often.


def seal(value: str) -> str:
    """A salted digest of a value."""
    salt = secrets.token_hex(16)
    return f"{salt}:{_digest(value, salt)}"


def matches(value: str, sealed: str) -> bool:
    """Whether this value was sealed."""
    salt, _, digest = sealed.partition(":")
    return hmac.compare_digest(_digest(value, salt), digest)


def _digest(value: str, salt: str) -> str:
    # surrogatepass: a question about any str has an answer, even if no request can carry it.
    data = value.encode("utf-8", "surrogatepass")
    return hashlib.pbkdf2_hmac("sha256", data, salt.encode(), _ROUNDS).hex()
