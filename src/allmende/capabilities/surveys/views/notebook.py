"""A Jupyter notebook (nbformat 4.5) that reads the CSV and computes shares, intervals and χ² anew, with nothing but
Python's own library, so that anyone can check the published figures.
"""

import json
from collections.abc import Mapping

from django.utils.translation import gettext as _

READ = """import csv
import math

FILE = {file!r}


def number(text):
    return float(text) if text else None


with open(FILE, encoding="utf-8-sig", newline="") as file:
    rows = list(csv.DictReader(file, delimiter=";"))
for row in rows:
    for name in ("count", "answers", "effective", "share", "low", "high", "mean", "median"):
        row[name] = number(row[name])
print(len(rows))
"""
SHARES = '''Z = 1.959963984540054


def wilson(share, n):
    """E. B. Wilson (1927)."""
    square = Z * Z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


wrong = 0
for row in rows:
    if row["share"] is None:
        continue
    share = row["share"]
    if row["group"] or row["effective"] == row["answers"]:
        share = row["count"] / row["answers"]
    wrong += abs(share - row["share"]) > 0.0006
    if row["low"] is not None:
        low, high = wilson(share, row["effective"])
        wrong += abs(low - row["low"]) > 0.0015 or abs(high - row["high"]) > 0.0015
    if not row["group"]:
        print(f"{row['question'][:50]:50} {row['answer_label'][:30]:30} {share:6.1%}")
assert wrong == 0, wrong
'''
CHANCE = '''def upper_gamma(a, x):
    """Q(a, x): how often chance alone gives at least this."""
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        step = 0
        while term > total * 1e-15:
            step += 1
            term *= x / (a + step)
            total += term
        return 1 - scale * total
    b = x + 1 - a
    c, d = 1e300, 1 / b
    value = d
    for step in range(1, 10000):
        numerator = -step * (step - a)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return scale * value


tables = {}
for row in rows:
    if row["group"] and row["form"] == "choice":
        table = tables.setdefault((row["question"], row["group"]), {})
        table.setdefault(row["answer"], {})[row["group_value"]] = row["count"]
for (question, group), table in tables.items():
    counts = [[cell for cell in line.values()] for line in table.values()]
    if any(cell is None for line in counts for cell in line):
        continue
    counts = [line for line in counts if sum(line)]
    across, down = [sum(line) for line in counts], [sum(column) for column in zip(*counts)]
    total, freedom = sum(across), (len(across) - 1) * (len(down) - 1)
    if not freedom:
        continue
    statistic = sum(
        (cell - across[i] * down[j] / total) ** 2 / (across[i] * down[j] / total)
        for i, line in enumerate(counts)
        for j, cell in enumerate(line)
    )
    v = math.sqrt(statistic / (total * (min(len(across), len(down)) - 1)))
    p = upper_gamma(freedom / 2, statistic / 2)
    print(f"{question[:50]:50} {group:16} chi2={statistic:8.2f} p={p:.4f} V={v:.2f}")
'''


def cells(title: str, file: str) -> list[Mapping[str, object]]:
    """Text and code in turns."""
    texts = [
        f"# {title}\n\n"
        + _("Dieses Notebook rechnet die veröffentlichten Ergebnisse nach. Legen Sie die Datei %(file)s daneben.")
        % {"file": file},
        f"## {_('Anteile und Bereiche')}\n\n"
        + _("Anteile aus den gezählten Antworten, Bereiche nach Wilson mit der wirksamen Fallzahl."),
        f"## {_('Unterschiede zwischen Gruppen')}\n\n"
        + _("χ² und Cramérs V für alle Tabellen ohne verborgene Zahlen."),
    ]
    codes = [READ.format(file=file), SHARES, CHANCE]
    found: list[Mapping[str, object]] = []
    for place, (text, code) in enumerate(zip(texts, codes, strict=True)):
        found.append({"cell_type": "markdown", "id": f"text{place}", "metadata": {}, "source": text})
        found.append({"cell_type": "code", "id": f"code{place}", "metadata": {}, "source": code,
                      "execution_count": None, "outputs": []})  # fmt: skip
    return found


def notebook(title: str, file: str, language: str) -> bytes:
    """The file, in the reader's language."""
    values = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "title": title,
            "language": language,
        },
        "cells": cells(title, file),
    }
    return json.dumps(values, ensure_ascii=False, indent=1).encode()
