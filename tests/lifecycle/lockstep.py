"""More rules: what may happen with hurry, people apart, groups, duties, buckets and rules of the policy."""

from __future__ import annotations

from random import Random

from hypothesis.stateful import precondition, rule

from tests.lifecycle.episodes import Episodes
from tests.lifecycle.machine import DICE, Everyday


class Lockstep(Everyday):
    """A vault and its model, and everything that people do to them."""

    @rule(dice=DICE)
    def hurry_a_payment(self, dice: Random) -> None:
        Episodes(self.story, dice).hurry_a_payment()

    @rule(dice=DICE)
    def hurry_often(self, dice: Random) -> None:
        Episodes(self.story, dice).hurry_often()

    @precondition(Everyday.some_are_open)
    @rule(dice=DICE)
    def hurry_what_waits(self, dice: Random) -> None:
        episodes = Episodes(self.story, dice)
        operation = episodes.waiting()
        if operation is not None:
            episodes.hurry(operation)

    @rule(dice=DICE)
    def look_into_a_bypass(self, dice: Random) -> None:
        episodes = Episodes(self.story, dice)
        if episodes.choices.rarely(25):
            episodes.change_the_bypass_terms()
        episodes.review()

    @rule(dice=DICE)
    def name_a_quorum(self, dice: Random) -> None:
        Episodes(self.story, dice).name_a_quorum()

    @rule(dice=DICE)
    def let_a_group_in(self, dice: Random) -> None:
        Episodes(self.story, dice).let_a_group_in()

    @rule(dice=DICE)
    def let_a_group_speak(self, dice: Random) -> None:
        episodes = Episodes(self.story, dice)
        if episodes.choices.rarely(30):
            episodes.send_as_a_group()
        else:
            episodes.let_a_group_speak()

    @rule(dice=DICE)
    def order_the_duties(self, dice: Random) -> None:
        Episodes(self.story, dice).order_the_duties()

    @rule(dice=DICE)
    def revoke_a_duty(self, dice: Random) -> None:
        Episodes(self.story, dice).revoke_a_duty()

    @rule(dice=DICE)
    def spend_bit_by_bit(self, dice: Random) -> None:
        Episodes(self.story, dice).spend_bit_by_bit()

    @rule(dice=DICE)
    def make_sure(self, dice: Random) -> None:
        Episodes(self.story, dice).make_sure()

    @rule(dice=DICE)
    def use_the_venue(self, dice: Random) -> None:
        Episodes(self.story, dice).use_the_venue()
