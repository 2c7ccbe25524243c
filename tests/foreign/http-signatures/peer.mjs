// Signs or verifies one request with an HTTP signature library that others wrote.
//
// Reads and prints what peer.py does: see there. This library leaves the digest of the body to its caller, so it
// is made and compared here.

import { createHash, createPrivateKey, createPublicKey, sign as signBytes, verify as verifyBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { httpbis } from "http-message-signatures";

// What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410).
const PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC = Buffer.from("302a300506032b6570032100", "hex");

const digest = (body) => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

async function sign(told) {
  const der = Buffer.concat([PRIVATE, Buffer.from(told.key, "hex")]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const created = Math.floor(Date.now() / 1000);
  const message = {
    method: told.method,
    url: told.url,
    headers: { ...told.headers, "Content-Digest": digest(told.body) },
  };
  const signed = await httpbis.signMessage(
    {
      key: { id: told.keyid, alg: "ed25519", sign: async (base) => signBytes(null, base, key) },
      name: "another-label",
      params: ["tag", "nonce", "expires", "alg", "created", "keyid"],
      fields: ["content-digest", "content-type", "@path", "@query", "@method", "@authority", "upload-offset"],
      paramValues: {
        created: new Date(created * 1000),
        expires: new Date((created + 120) * 1000),
        nonce: told.nonce,
        tag: told.tag,
      },
    },
    message,
  );
  return { headers: signed.headers, created };
}

async function verify(told) {
  const der = Buffer.concat([PUBLIC, Buffer.from(told.key, "hex")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  let seen = {};
  try {
    const valid = await httpbis.verifyMessage(
      {
        keyLookup: async (parameters) => {
          seen = parameters;
          if (parameters.tag !== told.tag) return null;
          return {
            id: parameters.keyid,
            algs: ["ed25519"],
            verify: async (base, signature) => verifyBytes(null, base, key, signature),
          };
        },
        maxAge: 300,
        tolerance: 5,
        requiredParams: ["created", "expires", "nonce", "keyid", "tag"],
        requiredFields: told.required,
      },
      { method: told.method, url: told.url, headers: told.headers },
    );
    const name = Object.keys(told.headers).find((each) => each.toLowerCase() === "content-digest");
    const whole = told.headers[name] === digest(told.body);
    return { valid: valid === true && whole, keyid: seen.keyid, nonce: seen.nonce, error: null };
  } catch (error) {
    return { valid: false, error: String(error) };
  }
}

const told = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await (told.do === "sign" ? sign(told) : verify(told))));
