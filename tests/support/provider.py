"""A provider of identities to test with (OpenID Connect), which lies on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "kith", "a shared: secret"
Claims = dict[str, Any]


@dataclass
class Mock:
    """What it says about whoever comes; `lie` changes the claims, `signed` how they are signed."""

    address: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    person: Claims = field(default_factory=dict)
    lie: Callable[[Claims], Claims] = lambda claims: claims
    signed: str = "RS256"

    def authorise(self, address: str) -> str:
        """What a browser is sent back with by whoever agrees: the code, of an address that Kith has made."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        code = f"code{len(self.asked)}"
        self.asked[code] = asked
        return code

    def token(self, sent: dict[str, str], authorisation: str) -> Claims | None:
        """The answer of the token endpoint; a code is good once, for whoever can show what its challenge was made of."""
        asked = self.asked.pop(sent["code"], None)
        pair = base64.b64encode(b"kith:a%20shared%3A%20secret").decode()
        if asked is None or authorisation != f"Basic {pair}" or sent["redirect_uri"] != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(self.lie(claims | self.person))}

    def sign(self, claims: Claims) -> str:
        """The claims, signed as it is told to."""
        if self.signed == "HS256":
            # By what everybody knows: the public key.
            key = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, key, algorithms=["HS256"])
        if self.signed == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."
        key_ = self.key if self.signed == "RS256" else RSAKey.generate_key(2048, {"kid": "one"})
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key_)

    def answer(self, path: str) -> Claims | None:
        """What it publishes."""
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorise", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return {"issuer": self.address, **{name: self.address + end for name, end in ends.items()}}
        return dict(KeySet([self.key]).as_dict(private=False)) if path == "/keys" else None


@contextmanager
def provider() -> Iterator[Mock]:
    """Yield a provider that is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(mock.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(mock.token(sent, self.headers.get("authorization", "")))

        def _send(self, found: Claims | None) -> None:
            self.send_response(400 if found is None else 200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found or {"error": "invalid_grant"}).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mock = Mock(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield mock
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
