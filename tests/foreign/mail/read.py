# Reads a letter on standard input as a mail program would, and prints its subject and text as JSON.
import email
import email.policy
import json
import sys

letter = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
assert not letter.defects, letter.defects
print(json.dumps({"subject": letter["subject"], "body": letter.get_content().replace("\r\n", "\n")}))
