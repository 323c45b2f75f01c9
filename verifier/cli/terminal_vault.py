"""What the terminal does about the vault as such, and how it makes operations: what the commands do, without asking."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from verifier.chain.panel import Panel
from verifier.cli.adapters import CLOCK, Choice
from verifier.cli.proposing import sending_of_proposal
from verifier.cli.terminal_acts import send_confirmed
from verifier.cli.vault_sending import hash_of_findings, sending_about_member, sending_of_review
from verifier.desk.aids import Aids
from verifier.desk.proposing import Draft, draft_operation, recheck_draft
from verifier.errors import ActionImpossible, MemberUnknown
from verifier.model.address import Address
from verifier.model.operation import Call
from verifier.model.reading import Bypass
from verifier.model.text import Shown, sanitise
from verifier.model.written_call import WrittenCall
from verifier.ports import ChainReader
from verifier.store.calls_file import encode_written, read_written, write_calls
from verifier.store.place import path_of


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultActs:
    """What can be done beside signing. Every method reads the vault anew first."""

    options: Namespace
    choice: Choice
    # Nobody else's: what is sent from here does not stand in the way of what is being read.
    panel: Panel
    reader: ChainReader
    aids: Aids
    # The memory is one for all.
    lock: Lock

    @staticmethod
    def hash_findings(text: str) -> bytes:
        """Return the hash of a file, or the one that the text is.

        :raises HexMalformed: it is neither.
        """
        return hash_of_findings(text)

    @staticmethod
    def read(text: str) -> tuple[WrittenCall, ...]:
        """Return the calls of a file.

        :raises CallsMalformed: it cannot be read, or is not understood.
        """
        return read_written(path_of(text))

    @staticmethod
    def write(text: str, calls: Sequence[WrittenCall]) -> Shown:
        """Write calls to a file that is not there yet, and say where it is.

        :raises FourthSignerError: it was not written.
        """
        path = path_of(text)
        write_calls(path, calls)
        name = sanitise(str(path), most=200)
        return Shown(f"Written: {name}. `fourth-signer propose {name} --dry-run` shows it again.")

    @staticmethod
    def encode(calls: Sequence[WrittenCall]) -> tuple[Call, ...]:
        """Return calls as bytes.

        :raises CallsMalformed: they are not understood.
        """
        return encode_written(calls)

    def suspend(self, address: Address, is_lapse: bool) -> Shown:
        """Suspend a member, or let its suspension lapse.

        :raises FourthSignerError: it was not sent.
        """
        reading = self.reader.read_vault()
        member = reading.member(address)
        if member is None:
            raise MemberUnknown(member=address)
        sending = sending_about_member(reading, self.choice.signer, member, is_lapse=is_lapse)
        return send_confirmed(self.options, self.panel, sending, reader=self.reader)

    def review(self, number: int, seen: Bypass, findings: bytes, is_justified: bool) -> Shown:
        """Record the review of a use of break-glass.

        :param seen: as it was read
        :raises ActionImpossible: another one has this number now, or it cannot be reviewed.
        :raises FourthSignerError: it was not sent.
        """
        reading = self.reader.read_vault()
        bypasses = self.reader.read_bypasses(reading)
        if bypasses.bypasses.get(number) != seen:
            why = "It is not as it was read. Read it again."
            raise ActionImpossible(action="review", subject=f"bypass {number}", why=why)
        sending = sending_of_review(
            reading, bypasses, self.choice.signer, number, findings=findings, is_justified=is_justified
        )
        return send_confirmed(self.options, self.panel, sending, reader=self.reader)

    def draft(self, calls: Sequence[Call]) -> Draft:
        """Return what everybody would be shown of an operation of these calls.

        :raises FourthSignerError: this signer cannot publish it.
        """
        with self.lock:
            return draft_operation(self.reader, CLOCK, self.choice.signer, calls, aids=self.aids)

    def propose(self, draft: Draft, typed: Sequence[str]) -> Shown:
        """Publish an operation, unless anything is not as its proposer read it.

        :raises FourthSignerError: it was not sent.
        """

        def look() -> None:
            with self.lock:
                recheck_draft(draft, self.reader, CLOCK, aids=self.aids, typed=typed)

        look()
        return send_confirmed(
            self.options, self.panel, sending_of_proposal(draft), reader=self.reader, last_look=look
        )
