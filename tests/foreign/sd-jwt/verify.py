"""Verifies one presentation with SD-JWT libraries that others wrote.

Reads on standard input a JSON object:
  compact             the presentation
  jwks                the issuer's public keys
  issuer, vct         what the credential must say of itself
  now                 the time, in unix seconds
  audience, nonce     what the key binding must say; optional, together
  status_list_token   the signed status list, and status_list_uri, its address; optional, together
Prints {"valid": bool, "claims": object or null, "error": text or null}. It leaves with 0 either way.

`sd-jwt` and `openvc-core` must both accept, and must agree on the claims.
"""

import json
import sys
from datetime import datetime, timezone

from jwcrypto.jwk import JWK
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.status.issue import verify_status_list_token
from openvc.status.token_status_list import check_token_status
from sd_jwt.verifier import SDJWTVerifier


def find_key(jwks, kid):
    for key in jwks["keys"]:
        if key["kid"] == kid:
            return key
    raise ValueError("the key is not among the issuer's")


def with_sd_jwt(case):
    """The claims, as the package sd-jwt reads them."""

    def issuer_key(issuer, header):
        if issuer != case["issuer"]:
            raise ValueError("another issuer")
        if header["alg"] != "ES256":
            raise ValueError("another algorithm")
        return JWK(**find_key(case["jwks"], header["kid"]))

    verifier = SDJWTVerifier(case["compact"], issuer_key, case.get("audience"), case.get("nonce"))
    return verifier.get_verified_payload()


def with_openvc(case):
    """The claims, as the package openvc-core reads them, with the status checked."""
    import base64

    def header_kid(token):
        part = token.split(".")[0]
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["kid"]

    now = datetime.fromtimestamp(case["now"], timezone.utc)
    verified = SdJwtVcProofSuite().verify(
        case["compact"],
        public_key_jwk=find_key(case["jwks"], header_kid(case["compact"])),
        audience=case.get("audience"),
        nonce=case.get("nonce"),
        require_key_binding="nonce" in case,
        expected_vct=case["vct"],
        # The library takes the machine's clock for the expiry; the case brings its own, checked below.
        check_temporal=False,
        now=now,
    )
    if verified.issuer != case["issuer"]:
        raise ValueError("another issuer")
    if verified.claims["exp"] <= case["now"]:
        raise ValueError("expired")

    if "status_list_token" in case:
        token = case["status_list_token"]

        def resolve(uri):
            key = find_key(case["jwks"], header_kid(token))
            return verify_status_list_token(token, public_key_jwk=key, expected_uri=uri, now=now)

        status = check_token_status(verified.claims, resolve_status_list_token=resolve)
        if status is None or status.status != 0:
            raise ValueError("revoked")
    return verified.claims


def main():
    case = json.load(sys.stdin)
    try:
        claims = with_openvc(case)
        if with_sd_jwt(case) != claims:
            raise ValueError("the libraries disagree on the claims")
        answer = {"valid": True, "claims": claims, "error": None}
    except Exception as error:  # whatever a library raises is its refusal
        answer = {"valid": False, "claims": None, "error": f"{type(error).__name__}: {error}"}
    json.dump(answer, sys.stdout, ensure_ascii=False)
    print()


main()
