#!/usr/bin/env python3
"""Stands in for `gh api`: answers from files of a folder, and writes down what it was told. GitHub is not ours.

FAKE_GH   the folder: answers.json, {path: rows or object or text}, and told.jsonl, which it writes
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> int:
    folder = Path(os.environ["FAKE_GH"])
    words = sys.argv[1:]
    assert words.pop(0) == "api"
    method, fields, path = "GET", dict[str, str](), ""
    while words:
        word = words.pop(0)
        if word == "--method":
            method = words.pop(0)
        elif word in ("-f", "-F"):
            name, _, value = words.pop(0).partition("=")
            fields[name] = value
        elif word in ("-H", "--jq"):
            words.pop(0)
        elif word != "--paginate":
            path = word
    if method == "POST":
        with (folder / "told.jsonl").open("a") as file:
            file.write(json.dumps({"path": path, **fields}) + "\n")
        return 0
    answers = json.loads((folder / "answers.json").read_text())
    key = f"{path}@{fields['ref']}" if "/contents/" in path else path
    if key not in answers:
        sys.stderr.write("gh: Not Found (HTTP 404)\n")
        sys.stdout.write('{"message":"Not Found","status":"404"}')
        return 1
    found = answers[key]
    if isinstance(found, str):
        sys.stdout.write(found)
    elif isinstance(found, list) and "page" in fields:
        page, size = int(fields["page"]), int(fields["per_page"])
        json.dump(found[(page - 1) * size : page * size], sys.stdout)
    else:
        json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
