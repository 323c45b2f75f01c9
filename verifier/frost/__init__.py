"""Groups that share one key: t of n holders sign together, and the key is in no one place, ever.

    charter.py                     who they are, and how many of them sign
    messages.py -> envelope.py     what they say, and the signed and bounded form in which it travels
    signer.py                      a holder while the group signs            | states and steps:
    coordinator.py                 whoever brings a signing about            | bytes come, bytes go
    dealer.py, relay.py            a new key; new shares of the same key     |
    repair.py, repair_relay.py     one lost share, from the others           |
    assembly.py, repair_assembly.py, quoting.py, complaints.py
                                   what each may say, as all can see it
    pending.py                     a share that is made, and not yet in use
    judge.py, evidence.py          who lied; the same again from what proves it
    rfc9591.py, polynomial.py, sealing.py, shares.py, hashes.py, nonces.py, seed.py
                                   the arithmetic between them
    scalar.py, curve.py            secret numbers, and the one file that reaches libsecp256k1

FROST(secp256k1, SHA-256) is RFC 9591's; the distributed making of keys is compatible with the Zcash Foundation's.
Nothing in here touches a network, a disk, a clock or dice: dice come in as bytes. There is no trusted dealer, and no
function adds shares up to a key.

Honest limits: nobody has audited it, and Python cannot erase memory: a secret is overwritten where it is held, but
copies that the interpreter made live until their memory is used again.
"""
