# A mail server that others wrote (aiosmtpd), for the tests of sending. It takes one line of JSON on standard input:
#   {"tls": "none" | "starttls" | "tls", "user": "…", "password": "…", "folder": "…", "utf8": true, "refuse_sender": true,
#    "inject": true, "slow": true, "thinks": 3}
# and prints one line of JSON for its port, then one for each letter that it has taken charge of. With TLS it makes
# certificates in `folder`: ca.pem is to be trusted. What it does with a letter follows from the recipient:
#   later@…    answers 451 to the recipient, and to the same one the second time takes it
#   never@…    answers 550 to the recipient
#   spam@…     answers 554 to the letter
#   cut@…      cuts the connection at the recipient
#   lost@…     takes the letter and cuts the connection before it says so
#   slow@…     takes the letter and never says so
import asyncio
import datetime
import ipaddress
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def say(what):
    print(json.dumps(what), flush=True)


def certificates(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def name(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def certificate(subject, issuer, key, signer, authority, names):
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - day).not_valid_after(now + day)
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256())

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Test authority", "Test authority", root_key, root_key, True, [])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = certificate("localhost", "Test authority", key, root_key, False, names)
    folder = pathlib.Path(folder)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    (folder / "leaf.key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context


class Handler:
    def __init__(self, settings):
        self.settings = settings
        self.put_off = set()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.settings.get("refuse_sender"):
            return "550 5.7.1 not from you"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        who = address.split("@")[0]
        if who == "never":
            return f"550 5.1.1 <{address}>: no such mailbox"
        if who == "later" and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.7.1 try again later"
        if who == "cut":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        who = envelope.rcpt_tos[0].split("@")[0]
        if who == "spam":
            return "554 5.7.1 this looks like spam"
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "options": envelope.mail_options,
            "text": envelope.content.decode("utf-8"),
            "encrypted": session.ssl is not None or self.settings["tls"] == "tls",
            "signed_in": session.auth_data if session.authenticated else None,
            "hello": session.host_name,
        })
        await asyncio.sleep(self.settings.get("thinks", 0))
        if who == "lost":
            server.transport.abort()
        if who == "slow" or self.settings.get("slow"):
            await asyncio.sleep(3600)
        return "250 OK"


class Injected(SMTP):
    """Somebody on the way slips an answer in before the encryption begins."""

    async def push(self, status):
        ready = status.startswith("220 Ready to start TLS")
        await super().push(status + "\r\n250 slipped in" if ready else status)


def authenticator(settings):
    def check(server, session, envelope, mechanism, data):
        right = (settings["user"].encode(), settings["password"].encode())
        success = (data.login, data.password) == right
        return AuthResult(success=success, handled=success, auth_data=data.login.decode())

    return check


async def main():
    settings = json.loads(sys.stdin.readline())
    context = certificates(settings["folder"]) if settings["tls"] != "none" else None
    options = {"enable_SMTPUTF8": settings.get("utf8", False), "ident": "test"}
    if settings["tls"] == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if settings.get("user"):
        options |= {"authenticator": authenticator(settings), "auth_required": True}
        options |= {"auth_require_tls": settings["tls"] == "starttls"}
    handler = Handler(settings)
    loop = asyncio.get_running_loop()
    wrapped = context if settings["tls"] == "tls" else None
    protocol = Injected if settings.get("inject") else SMTP
    server = await loop.create_server(lambda: protocol(handler, **options), "127.0.0.1", 0, ssl=wrapped)
    say({"port": server.sockets[0].getsockname()[1]})
    # Whoever started this ends it by closing its standard input.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
