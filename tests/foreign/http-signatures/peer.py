"""Signs or verifies one request with an HTTP signature library that others wrote.

Reads on standard input a JSON object:
  do            "sign" or "verify"
  method, url   of the request
  headers       an object, without those of a signature when signing
  body          text
  key           in hex: the seed when signing, the public key when verifying
  tag           of the signature
  keyid, nonce  when signing
  required      when verifying: the components that must be covered
Signing prints {"headers": object, "created": unix seconds}. It signs in this library's own order of
parameters, with an algorithm, for 120 seconds from now.
Verifying prints {"valid": bool, "keyid", "nonce", "error"}: signature, times and body together.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.structures import CaseInsensitiveDict


class Message:
    def __init__(self, told):
        self.method = told["method"]
        self.url = told["url"]
        self.headers = CaseInsensitiveDict(told["headers"])


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, key):
        self.key = key

    def resolve_private_key(self, key_id):
        return Ed25519PrivateKey.from_private_bytes(self.key)

    def resolve_public_key(self, key_id):
        return Ed25519PublicKey.from_public_bytes(self.key)


def sign(told, keys):
    message = Message(told)
    now = datetime.now(timezone.utc).replace(microsecond=0)
    covered = ["upload-offset", "@query", "@path", "content-type", "@authority", "@method"]
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys).sign(
        message,
        key_id=told["keyid"],
        created=now,
        expires=now + timedelta(seconds=120),
        nonce=told["nonce"],
        tag=told["tag"],
        covered_component_ids=covered,
        body=told["body"].encode(),
    )
    return {"headers": dict(message.headers.items()), "created": int(now.timestamp())}


def verify(told, keys):
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    try:
        [result] = verifier.verify(
            Message(told),
            max_age=timedelta(seconds=300),
            expect_tag=told["tag"],
            require_components=told["required"],
            body=told["body"].encode(),
        )
    except InvalidSignature as error:
        return {"valid": False, "error": str(error)}
    parameters = result.parameters
    return {"valid": True, "keyid": parameters["keyid"], "nonce": parameters["nonce"], "error": None}


def main():
    told = json.load(sys.stdin)
    keys = Keys(bytes.fromhex(told["key"]))
    json.dump(sign(told, keys) if told["do"] == "sign" else verify(told, keys), sys.stdout)


main()
