"""Verifies a log and receipts from it with the library tlog-scales, which shares no code with the writer.

Reads on standard input a JSON object:
  folder     the log's files: checkpoint, tile/…, tile/entries/…
  vkey       the key that verifies its checkpoints
  receipts   [{"proof": text of c2sp.org/tlog-proof@v1, "entry": the entry in hexadecimal}]
Prints {"valid": bool, "size": int, "root": hex, "error": text or null}. It leaves with 0 either way.
"""

import base64
import json
import sys
from pathlib import Path

from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, InclusionProof


def check(case):
    key = Vkey.from_string(case["vkey"])
    folder = Path(case["folder"])
    checkpoint = Checkpoint.from_text((folder / "checkpoint").read_text())
    checkpoint.verify(key)
    reader = TilesReader(LocalBackend(folder))
    reader.get_checkpoint()
    root = reader.calculate_root_hash()
    if root != checkpoint.root_hash:
        raise ValueError("the tiles do not give the checkpoint's root")
    size = checkpoint.size
    for index in {0, 1, size // 2, size - 1} & set(range(size)):
        entry = leaf_hash(reader.get_entry(index))
        reader.get_inclusion_proof(index, size).check(entry, root)
    for receipt in case["receipts"]:
        head, _, signed = receipt["proof"].partition("\n\n")
        lines = head.split("\n")
        if lines[0] != "c2sp.org/tlog-proof@v1":
            raise ValueError("another kind of proof")
        index = int(lines[1].removeprefix("index "))
        hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
        own = Checkpoint.from_text(signed)
        own.verify(key)
        proof = InclusionProof(index, own.size, hashes)
        proof.check(leaf_hash(bytes.fromhex(receipt["entry"])), own.root_hash)
    return {"valid": True, "size": size, "root": root.hex(), "error": None}


def main():
    try:
        answer = check(json.load(sys.stdin))
    except Exception as error:  # whatever the library raises is its way of refusing
        answer = {"valid": False, "size": 0, "root": "", "error": f"{type(error).__name__}: {error}"}
    json.dump(answer, sys.stdout)


main()
