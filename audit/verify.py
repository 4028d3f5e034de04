"""Checks rows of the log that were taken along, without the portal, a key or a network:

    python3 verify.py proof.zip --head 64-letters-and-figures

It stands in each bundle, beside `proof.py`, which it needs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any


def _beside(name: str) -> Any:
    """The module beside this file, in the portal as in a bundle."""
    found = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if found is None or found.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


proof = _beside("proof")


class NotGood(Exception):
    """What does not fit, in one sentence."""


def check_bundle(bundle: zipfile.ZipFile, head: str = "") -> list[str]:
    """What the bundle proves, in sentences. Raises NotGood at the first thing that does not fit."""
    about = json.loads(bundle.read("about.json"))
    seals = _check_chain(bundle)
    newest = max(seals)
    links = {seal["link"] for seal in seals.values()}
    if head and head.strip().lower() not in links:
        raise NotGood("No seal of this bundle has the head you gave.")
    check_rows = _check_batches if about["whole_batches"] else _check_paths
    rows = check_rows(_lines(bundle, "rows.jsonl"), seals)
    if rows != about["rows"] or not rows:
        raise NotGood(f"There are {rows} rows instead of {about['rows']}; none prove nothing.")
    said = [f"{rows} rows are as they were sealed, under {len(seals)} seals in one chain."]
    said.append(f"The newest seal is {newest}, with the head {seals[newest]['link']}")
    if head:
        said.append("The head you gave is one of them.")
    else:
        said.append("Compare this head with one that was mailed or printed, or give it as --head.")
    if about["whole_batches"]:
        said.append("No row of these batches is missing.")
    else:
        said.append("Whether other rows are about the same pupil is not proved: ask for a period.")
    return said


def _lines(bundle: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    with bundle.open(name) as file:
        for line in file:
            yield json.loads(line)


def _check_chain(bundle: zipfile.ZipFile) -> dict[int, dict[str, Any]]:
    """Each seal by its position; the first line is only what the chain goes on from."""
    lines = _lines(bundle, "seals.jsonl")
    before, seals = next(lines), {}
    for seal in lines:
        if seal["position"] != before["position"] + 1:
            raise NotGood(f"Seal {before['position'] + 1} is missing.")
        link = proof.link_of(bytes.fromhex(before["link"]), bytes.fromhex(before["mac"]), seal)
        if link.hex() != seal["link"]:
            raise NotGood(f"Seal {seal['position']} does not hang on the one before.")
        seals[seal["position"]] = before = seal
    if not seals:
        raise NotGood("There is no seal, so nothing is proved.")
    return seals


def _leaf(row: Mapping[str, Any], seal: Mapping[str, Any]) -> bytes:
    is_in_range = seal["after"] < row["number"] <= seal["upto"]
    if not is_in_range or row["timestamp"][:7] != seal["month"][:7]:
        raise NotGood(f"Row {row['number']} does not belong under seal {seal['position']}.")
    return bytes(proof.leaf_of(proof.record_of(row)))


def _check_paths(rows: Iterable[dict[str, Any]], seals: Mapping[int, dict[str, Any]]) -> int:
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007  the last one is how many
        seal = seals.get(row["seal"])
        if seal is None or proof.root_by_path(_leaf(row, seal), row["path"]).hex() != seal["root"]:
            raise NotGood(f"Row {row['number']} ({row['id']}) is not as it was sealed.")
    return number


def _check_batches(rows: Iterable[dict[str, Any]], seals: Mapping[int, dict[str, Any]]) -> int:
    number = 0
    for place, batch in groupby(rows, lambda row: int(row["seal"])):
        leaves = [_leaf(row, seals[place]) for row in batch]
        _check_root(place, leaves, seals)
        number += len(leaves)
    return number


def _check_root(place: int, leaves: list[bytes], seals: Mapping[int, Any]) -> None:
    if len(leaves) != seals[place]["rows"]:
        raise NotGood(f"Under seal {place} were {seals[place]['rows']} rows, not {len(leaves)}.")
    if proof.root_of(leaves).hex() != seals[place]["root"]:
        raise NotGood(f"The rows under seal {place} are not as they were sealed.")


def main(arguments: Sequence[str]) -> int:
    """Checks one bundle; ends with 1 when something does not fit."""
    parser = argparse.ArgumentParser(description="Checks rows of the log, without any network.")
    parser.add_argument("bundle", help="the file proof.zip")
    parser.add_argument("--head", default="", help="a head from a mail or report")
    asked = parser.parse_args(arguments)
    try:
        with zipfile.ZipFile(asked.bundle) as bundle:
            said = check_bundle(bundle, asked.head)
    except NotGood as problem:
        return _say(f"NOT GOOD: {problem}", 1)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, StopIteration) as problem:
        return _say(f"NOT GOOD: this is no bundle of the log ({type(problem).__name__}).", 1)
    return _say("\n".join(["GOOD", *said]), 0)


def _say(text: str, code: int) -> int:
    sys.stdout.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
