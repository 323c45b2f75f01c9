"""What a token has to do for shares at rest, whatever it speaks."""

from __future__ import annotations

from typing import Protocol

from verifier.keys.fido_part import FidoPart
from verifier.keys.secret import Secret
from verifier.keys.share_form import TokenPart
from verifier.model.text import Shown


class SecondFactor(Protocol):
    """One token. Sealing asks nobody, so that a holder can be given new shares where nobody sits; opening asks."""

    @property
    def kind(self) -> Shown:
        """What screens call it, such as `token`."""

    def fits(self, part: TokenPart | FidoPart) -> bool:
        """Whether a file with this part is opened by a token of this kind."""

    def prepare(self) -> None:
        """Do now whatever needs a person, once files that are there were opened, so that later nobody is needed.

        :raises KeyHolderError: it cannot be used, or could not open what would be sealed.
        """

    def agree_anew(self) -> tuple[TokenPart | FidoPart, Secret]:
        """Return what a new file has to say of the token, and the 32 bytes that open it together with the token.

        :raises KeyHolderError: it cannot be used, or is another than the one that opened the share.
        """

    def agree_with(self, part: TokenPart | FidoPart) -> Secret:
        """Return the 32 bytes of a file that was sealed before.

        :raises KeyHolderError: it cannot be used, or is another.
        """

    def settle(self, part: TokenPart | FidoPart) -> None:
        """Believe what stands in a file about the token: the file was opened, so nobody changed it."""
