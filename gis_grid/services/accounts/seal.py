"""The secret of the service and what is made with it: signed cookies, CSRF tokens, hashes."""

import hashlib
import hmac
import secrets

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session
from typing_extensions import override

from gis_grid.errors import InputError
from gis_grid.storage.accounts.secret import shared_secret

SHORTEST = 32


class Seal:
    """Signs what leaves the house and recognises it when it comes back.

    Examples
    --------
    >>> seal = Seal("a secret that is long enough for anyone")
    >>> seal.read(seal.signed("session", "abc", 3), "session")
    ('abc', 3)
    >>> seal.read(seal.signed("session", "abc", 3), "flow") is None, seal.read("", "flow") is None
    (True, True)
    >>> "long enough" in repr(seal)
    False
    """

    def __init__(self, secret: str) -> None:
        """Keep the secret.

        Raises
        ------
        InputError
            It has fewer than 32 characters.
        """
        if len(secret) < SHORTEST:
            msg = f"the secret has {len(secret)} characters; use {SHORTEST} or more (openssl rand"
            msg += " -hex 32 makes one)"
            raise InputError(msg)
        self._secret = secret.encode()

    def signed(self, purpose: str, word: str, number: int) -> str:
        """Return a word and a number in a form that only this seal makes."""
        return str(self._serializer(purpose).dumps([word, number]))

    def read(self, text: str, purpose: str) -> tuple[str, int] | None:
        """Return what `signed` was given for the same purpose; None for anything else."""
        try:
            found = self._serializer(purpose).loads(text)
        except BadData:
            return None
        word, number = found
        return str(word), int(number)

    def hashed(self, purpose: str, word: str) -> str:
        """Return a hash that nobody can make or guess from without the secret."""
        return hmac.new(self._secret, f"{purpose}\0{word}".encode(), hashlib.sha256).hexdigest()

    def csrf(self, session_id: str) -> str:
        """Return the token that writes of a session have to carry in a header."""
        return self.hashed("csrf", session_id)

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self._secret, salt=f"gis-grid.{purpose}", signer_kwargs=signer)

    @override
    def __repr__(self) -> str:
        return "Seal(…)"


def make_seal(session: Session, secret: str | None) -> Seal:
    """Return the seal of a secret, or of the one that the database keeps for all processes.

    Raises
    ------
    InputError
        The secret is too short.
    """
    return Seal(secret or shared_secret(session, lambda: secrets.token_hex(SHORTEST)))


def digest(word: str) -> str:
    """Return the hash of something too long to be guessed: a token, a session, a recovery code.

    Examples
    --------
    >>> digest("")[:8], len(digest("任何"))
    ('e3b0c442', 64)
    """
    return hashlib.sha256(word.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Return whether two words are the same, in a time that does not tell where they differ.

    Examples
    --------
    >>> is_same("密", "密"), is_same("a", ""), is_same("", "")
    (True, False, True)
    """
    return hmac.compare_digest(one.encode(), other.encode())
