"""A small OpenID provider in a process of its own, which can be told to cheat.

`python -m tests.oidc_provider` prints its issuer and answers until it is stopped. It checks what a
real one does: client, redirect address, PKCE, that a code is used once.
"""

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

CLIENT, SECRET = "gis-grid", "a secret of the provider's client"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one"})


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def joined(header, claims, signature=b""):
    """Return a token as anybody can write it."""
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join([*map(b64, parts), b64(signature)])


def honest(claims):
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)


def signed_with_the_public_key(claims):
    """RS256 turned to HS256: a verifier that takes any alg would use the public key as secret."""
    header, public = {"alg": "HS256", "kid": "one"}, KEY.as_pem(private=False)
    signed = joined(header, claims).rpartition(".")[0]
    return f"{signed}.{b64(hmac.new(public, signed.encode(), hashlib.sha256).digest())}"


def with_another_alg(claims):
    key = RSAKey.import_key(KEY.as_dict(private=True) | {"alg": "RS512"})
    return jwt.encode({"alg": "RS512", "kid": "one"}, claims, key, algorithms=["RS512"])


def with_its_own_key(claims):
    header = {"alg": "RS256", "jwk": STRANGER.as_dict(private=False), "kid": "two"}
    return jwt.encode(header, claims, STRANGER, registry=JWSRegistry(strict_check_header=False))


LIES = {
    "none": lambda c: joined({"alg": "none"}, c),
    "None": lambda c: joined({"alg": "None", "kid": "one"}, c),
    "no signature": lambda c: joined({"alg": "RS256", "kid": "one"}, c),
    "public key as secret": signed_with_the_public_key,
    "another key": lambda c: jwt.encode({"alg": "RS256", "kid": "one"}, c, STRANGER),
    "its own key in the header": with_its_own_key,
    "another alg": with_another_alg,
    "issuer": lambda c: honest(c | {"iss": "https://evil.example"}),
    "no issuer": lambda c: honest({k: v for k, v in c.items() if k != "iss"}),
    "audience": lambda c: honest(c | {"aud": "another client"}),
    "authorised party": lambda c: honest(c | {"aud": [CLIENT, "other"], "azp": "other"}),
    "nonce": lambda c: honest(c | {"nonce": "of another sign-in"}),
    "no nonce": lambda c: honest({k: v for k, v in c.items() if k != "nonce"}),
    "expired": lambda c: honest(c | {"iat": c["iat"] - 7200, "exp": c["exp"] - 7200}),
    "no expiry": lambda c: honest({k: v for k, v in c.items() if k != "exp"}),
    "not yet": lambda c: honest(c | {"nbf": c["iat"] + 3600}),
    "hash of another access token": lambda c: honest(c | {"at_hash": b64(b"0" * 16)}),
    "nobody": lambda c: honest({k: v for k, v in c.items() if k != "sub"}),
    "empty subject": lambda c: honest(c | {"sub": ""}),
    "no claims": lambda _: ".".join([honest({"a": 1}).split(".")[0], b64(b"[]"), b64(b"x")]),
    "not a token": lambda _: "x",
}  # fmt: skip
"""Each makes an ID token that must not be believed."""


class Provider(BaseHTTPRequestHandler):
    codes: ClassVar = {}
    told: ClassVar = {"sub": "248289761001", "lie": ""}
    issuer = ""

    def do_GET(self):
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            lies = self.told["lie"] == "discovery"
            self.answer({
                "issuer": "https://evil.example" if lies else self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
            })  # fmt: skip
        elif parts.path == "/jwks":
            self.answer({"keys": [KEY.as_dict(private=False)]})
        elif parts.path == "/authorize":
            self.authorize(asked)
        else:
            self.send_error(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/tell":
            self.told.update(json.loads(body))
            self.answer({})
        elif self.path == "/token":
            self.exchange({name: values[0] for name, values in parse_qs(body).items()})
        else:
            self.send_error(404)

    def authorize(self, asked):
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in wanted.items()):
            self.answer({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        self.send_response(303)
        self.send_header("Location", asked["redirect_uri"] + "?" + urlencode(back))
        self.end_headers()

    def exchange(self, given):
        client = base64.b64decode(self.headers.get("Authorization", "Basic ").split()[1]).decode()
        asked = self.codes.pop(given.get("code"), None)  # a code is taken once
        verifier = b64(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if client != f"{CLIENT}:{SECRET}":
            self.answer({"error": "invalid_client"}, 401)
        elif (
            asked is None
            or asked["code_challenge"] != verifier
            or asked["redirect_uri"] != given.get("redirect_uri")
        ):
            self.answer({"error": "invalid_grant"}, 400)
        else:
            self.answer(self.tokens(asked))

    def tokens(self, asked):
        now, access = int(time.time()), secrets.token_urlsafe(16)
        claims = {
            "iss": self.issuer, "sub": self.told["sub"], "aud": CLIENT, "nonce": asked["nonce"],
            "iat": now, "exp": now + 300,
            "at_hash": b64(hashlib.sha256(access.encode()).digest()[:16]),
        }  # fmt: skip
        make = LIES.get(self.told["lie"], honest)
        found = {"access_token": access, "token_type": "Bearer", "id_token": make(claims)}
        if self.told["lie"] == "no token":
            del found["id_token"]
        return found

    def answer(self, document, status=200):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Running:
    """The provider from the outside."""

    def __init__(self, issuer):
        self.issuer = issuer

    def tell(self, **what):
        """Let it say that somebody else signed in, or lie."""
        request = urllib.request.Request(f"{self.issuer}/tell", json.dumps(what).encode())
        urllib.request.urlopen(request, timeout=60).close()

    def sign_in(self, address):
        """Do what a browser and a person do there; return where it sends the browser."""
        opener = urllib.request.build_opener(NoRedirect)
        with opener.open(address, timeout=60) as answer:
            return answer.headers["Location"]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def http_error_303(self, _request, fp, *_):
        return fp


@contextmanager
def running():
    """Give a provider in a process of its own."""
    root = Path(__file__).resolve().parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.oidc_provider"], cwd=root, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Running(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.communicate(timeout=60)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Provider.issuer = f"http://127.0.0.1:{server.server_port}"
    print(Provider.issuer, flush=True)  # noqa: T201 - what the test waits for
    server.serve_forever()
