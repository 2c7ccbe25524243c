log-title = The log
log-lead = Every filing, look, certificate and erasure is a leaf in a log that can only grow. Nothing personal is in it: a leaf is a commitment that nobody can guess. Anybody can check a receipt against a checkpoint. Whoever has a registered key can read the whole log, and verify that nothing was changed or removed.
log-origin = Name of the log
log-size = Size
log-leaves =
    { $n ->
        [one] 1 leaf
       *[other] { $n } leaves
    }
log-signed-at = Signed
log-checkpoint = Latest checkpoint
log-checkpoint-words = Keep it: whoever has an earlier checkpoint can prove that the log still holds all that it held.
log-checkpoint-link = The checkpoint as a file
log-key = Verifier key
log-key-words = It verifies the checkpoint's signature.
log-verify = Verify the whole log
log-verify-words = This command reads the whole log and proves it. Any other tool for C2SP tlog-tiles logs does too.
log-receipt = Check a receipt
log-receipt-how = Anybody can check a receipt, without a key of their own and without a network. This command says whether it holds, and what it proves.
log-receipt-words = A receipt is a JSON file with statement, salt, entry and proof. The entry is the SHA-256 of the line "standing leaf v1", the salt's 16 bytes and the statement. The proof shows that this entry is in the log.
log-spec-tiles = Specification: C2SP tlog-tiles
log-spec-proof = Specification: C2SP tlog-proof
log-tiles-words = The whole log is given only to those with a registered key, since how much is filed and when says something too; FILE is the file with that key. Ask whoever runs this installation to register yours. A receipt can be checked without a key.
