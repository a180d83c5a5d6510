"""`allmende ballots count FILE.pb --rule equal-shares`: counts a Pabulib file, without a city and its servers."""

import argparse
import json
import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allmende.engines.ballots.interface import Result


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`ballots` and what can be done with them."""
    ballots = commands.add_parser("ballots", help="count votes from a file")
    doing = ballots.add_subparsers(required=True, metavar="COMMAND")
    count_ = doing.add_parser("count", help="print winners and protocol of a Pabulib file (.pb)")
    count_.add_argument("file", type=Path)
    count_.add_argument("--rule", default="equal-shares", help="default: equal-shares; a wrong one prints them all")
    count_.add_argument("--seats", type=int, default=1, help="how many win, for rules without a budget (default: 1)")
    count_.add_argument("--utility", choices=("cost", "cardinality"), default="cost", help="what a project is worth")
    count_.add_argument(
        "--completion",
        choices=("none", "add1", "add1u", "utilitarian"),
        default="add1u",
        help="what Equal Shares does with what is left (default: add1u)",
    )
    count_.add_argument("--increment", type=_amount, default=Fraction(1), help="step of add1 (default: 1)")
    count_.add_argument("--lot", metavar="SEED", help="break ties by lot from this published seed, not as listed")
    count_.add_argument("--language", choices=("de", "en"), default="de", help="of the protocol (default: de)")
    count_.add_argument("--json", action="store_true", help="for programs: all of it, numbers exact")
    count_.set_defaults(run=count_file)


def count_file(options: argparse.Namespace) -> int:
    """Count and print; 1 when the file cannot be read or counted."""
    from allmende.engines.ballots.interface import AS_LISTED, BallotError, Lot, Options, count, read_pb

    try:
        election = read_pb(options.file.read_bytes())
        chosen = Options(
            seats=options.seats,
            tie=Lot(options.lot) if options.lot is not None else AS_LISTED,
            utility=options.utility,
            completion=options.completion,
            increment=options.increment,
        )
        result = count(election, options.rule, chosen)
    except OSError as error:
        print(f"allmende: {options.file}: {error.strerror}", file=sys.stderr)
        return 1
    except BallotError as error:
        print(f"allmende: {options.file}: {error}", file=sys.stderr)
        return 1
    try:
        if options.json:
            print(json.dumps(result.as_data(), ensure_ascii=False, indent=1))
        else:
            _print(result, options.language)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _amount(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount") from None


def _print(result: "Result", language: str) -> None:
    won, protocol, nobody, round_ = (
        ("Gewählt", "Protokoll", "nichts", "Runde") if language == "de" else ("Chosen", "Protocol", "nothing", "Round")
    )
    for name, value in result.settings(language):
        print(f"{name}: {value}")
    print(f"\n{won}:" + ("" if result.winners else f" {nobody}"))
    for place in result.winners:
        option = result.election.options[place]
        print(f"  {option.id}" + (f"  {option.name}" if option.name else ""))
    print(f"\n{protocol}:")
    for number, sentences in result.rounds(language):
        if number:
            print(f"  {round_} {number}")
        for sentence in sentences:
            print(f"    {sentence}")
