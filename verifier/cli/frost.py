"""`fourth-signer frost`: which act, between the arguments and what does it."""

from __future__ import annotations

from argparse import Namespace

from verifier.cli.answer import Answer


def run_frost(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises FourthSignerError: it cannot be done.
    """
    match options.act:
        case "card" | "init" | "inspect":
            from verifier.cli import frost_setting_up

            return {
                "card": frost_setting_up.run_card,
                "init": frost_setting_up.run_init,
                "inspect": frost_setting_up.run_inspect,
            }[options.act](options)
        case "join" | "restore":
            from verifier.cli import frost_joining

            run = frost_joining.run_join if options.act == "join" else frost_joining.run_restore
            return run(options)
        case "put-aside":
            from verifier.cli.frost_put_aside import run_put_aside

            return run_put_aside(options)
        case "keygen" | "refresh" | "reshare" | "repair":
            from verifier.cli import frost_convening, frost_resharing

            return {
                "keygen": frost_convening.run_keygen,
                "refresh": frost_convening.run_refresh,
                "reshare": frost_resharing.run_reshare,
                "repair": frost_convening.run_repair,
            }[options.act](options)
        case "sign" | "register":
            from verifier.cli import frost_signing

            run = frost_signing.run_sign if options.act == "sign" else frost_signing.run_register
            return run(options)
        case "say" | "holders":
            from verifier.cli import frost_saying

            say = frost_saying.run_say if options.act == "say" else frost_saying.run_holders
            return say(options)
        case "audit":
            from verifier.cli.frost_auditing import run_frost_audit

            return run_frost_audit(options)
        case other:
            raise AssertionError(other)
