// Verifies one presentation with SD-JWT libraries that others wrote.
//
// Reads and prints what verify.py does: see there. One difference: where there is no key binding, this library
// drops a disclosure that belongs to no digest and accepts the rest, so compare the claims, too.

import { readFileSync } from "node:fs";
import { ES256, digest } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const decode = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

/** A verifier that takes the issuer's key by the name in the token's header. */
function issuerVerifier(jwks, typ) {
  return async (data, signature) => {
    const header = decode(data.split(".")[0]);
    const key = jwks.keys.find((candidate) => candidate.kid === header.kid);
    if (header.alg !== "ES256" || header.typ !== typ || !key) return false;
    return (await ES256.getVerifier(key))(data, signature);
  };
}

async function verify(one) {
  const instance = new SDJwtVcInstance({
    hasher: digest,
    hashAlg: "sha-256",
    verifier: issuerVerifier(one.jwks, "dc+sd-jwt"),
    kbVerifier: async (data, signature, payload) =>
      (await ES256.getVerifier(payload.cnf.jwk))(data, signature),
    statusVerifier: issuerVerifier(one.jwks, "statuslist+jwt"),
    statusListFetcher: async (uri) => {
      if (uri !== one.status_list_uri) throw new Error("another status list");
      return one.status_list_token;
    },
  });
  const result = await instance.verify(one.compact, {
    currentDate: one.now,
    requiredClaimKeys: ["vct"],
    keyBindingNonce: one.nonce,
  });
  if (result.payload.iss !== one.issuer) throw new Error("another issuer");
  if (result.payload.vct !== one.vct) throw new Error("another kind");
  if (one.audience && result.kb?.payload.aud !== one.audience) throw new Error("another verifier");
  return result.payload;
}

let answer;
try {
  const one = JSON.parse(readFileSync(0, "utf8"));
  answer = { valid: true, claims: await verify(one), error: null };
} catch (error) {
  answer = { valid: false, claims: null, error: `${error.name}: ${error.message}` };
}
console.log(JSON.stringify(answer));
