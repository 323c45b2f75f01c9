"""What a reader must know to trust the table of `scripts/bench gas`."""

from __future__ import annotations

from typing import Final

NOTES: Final = """\
Ours is the vault of `verifier/release`. The peer is a Safe 1.4.1, with the bytecode that its makers publish on npm.
It schedules on OpenZeppelin's TimelockController 5.7.0 with an open executor, compiled with the vault's own settings:
they make it a little cheaper than its makers' own. Both have one chain, the rules of Prague, the same people,
recipient and amounts, and 48 hours of delay. Gas is what the receipts say, calldata included.

A row is everything from publication to execution, the second time that it is done: storage is in use already, and so
is the recipient. Here, ROUTINE and STANDARD are two transactions (publish, with a quorum that signed before; execute)
and HIGH_VALUE three (publish; approve, with signatures that carry the publication; execute). The peer knows no tiers.
Its two transactions are always these: an owner sends a Safe transaction, with the threshold's signatures, that
schedules; anyone executes.

The vault has every control set: limits and buckets; a recipient that is allowed; a rule; security approvals above
ROUTINE; segregation and windows (weekdays, 8 to 18 o'clock) in the two high tiers; break-glass; the registry of
duties; and Checks and StrategyLimits stand on the chain. It has two approvers more than its quorum, as the full floor
wants, of whom one publishes and does not count; a guardian, and an auditor.

In favour of the peer: no refund to whoever sends, no predecessor, and no salt. (Without a salt, which would cost it
{salt:,} more, it takes the same calls only once in its life.) Not in its favour: whoever sends a Safe transaction may
count to its threshold without signing, which would cost it {unsigned:,} less, and leave one person fewer who looked.

veto: the peer's is `cancel` by an account that was given the canceller's role. cancel: the same through the Safe.
approve by own transaction: the peer's is `approveHash`. The peer's column is empty where it does nothing alike.

What each control adds is the difference between two vaults that differ in one setting, or between two operations that
differ in one thing; all of it at 3-of-5, and the second time. Calldata is left out where both sides have as much,
since zero bytes are cheaper, and how many of them a signature has is luck. The veto, dual control, seasoning and the
delay cannot be switched off, and so have no row.

bucket: at publication, 1 wei, which is counted, against nothing, which is not. rule: transfers of a token that is not
listed, measured by a rule in one that is, against transfers of that one. call of Checks: a batch that says until when
it is right, calldata included. registry asked: executing that somebody becomes an approver, with a registry and
without. recount: executing after another member suspended itself in the meantime.

expedite: three consents, of which one is break-glass; each leaves a record of its own, in words that were never used.
add an approver, and a group of three holders, who prove that they can sign: publish, approve and execute, at CUSTODY.

Further peers hold the same assets for the same people, with 3 of 5 and 48 hours, and each is asked for the cheapest
way that it has. No peer, the first one included, knows tiers, amounts, segregation or seasoning, counts persons
instead of keys, or lets any one signer stop what waits. Beyond that:

Zodiac Delay: a Safe queues on the Delay modifier, in front of a second Safe that holds the assets. Both have the
bytecode that is published on npm (for the modifier @gnosis.pm/zodiac 4.0.3, whose makers left the optimizer off),
behind proxies as on the public chains. Two transactions, and anyone executes. Its queue is strictly one after the
other: what is not executed blocks all behind it until it expires or is skipped, and skipping skips all before it too.
Nobody vetoes: the modifier's owner skips, and an owner who can do that at once can as well take the delay away at
once. Approvals are not counted again at execution.

Compound: a Safe is the admin of Compound's Timelock, with the bytecode that Uniswap publishes on npm
(@uniswap/governance 1.0.2). Two Safe transactions, since only the admin queues and only the admin executes, both with
three signatures. Only the admin cancels, so a veto needs three as well. Who queues names the moment of execution, and
what was queued expires 14 days after that, by a constant.

AccessManager: a Safe schedules on OpenZeppelin's AccessManager 5.7.0, for a treasury of a few lines that makes any
call that the manager lets through. Two Safe transactions, since only who scheduled executes, both with three
signatures. It judges by target and function, never by amount or recipient. The guardian of a role may cancel; here it
has none, which changes nothing of the numbers. What was scheduled expires after a week, by a constant.

Governor: OpenZeppelin's Governor 5.7.0 counts the votes of five holders of one vote each, and queues on a
TimelockController; all of it is compiled with the vault's own settings, and has nothing that could be left out. Six
transactions: propose, three votes, queue, execute. Like the vault at HIGH_VALUE, it takes votes only after
publication; unlike it, each is a transaction, and a voting period (here an hour, in practice days) comes before the
delay. It counts tokens, which can be sold or lent. A voter cannot stop what passed: canceller is a role of the
timelock, here nobody's. Votes are not counted again at execution, and what was queued never expires."""
