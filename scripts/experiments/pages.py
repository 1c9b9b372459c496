#!/usr/bin/env python3
"""Tables of docs/ from the results of sweeps and scripts.

A page has its tables between two comments:

    <!-- table SWEEP.yaml [rows=KEY columns=KEY] [by=KEY] [curve=KEY] [top=N] -->
    ...
    <!-- end -->

SWEEP.yaml stands for RESULTS/SWEEP/results.json; NAME.sh for the last line that this script prints, in RESULTS/NAME.json.

rows and columns make a table of accuracies by two keys; by keeps the best configuration of each value of a key; by with curve has
all of them, each by the values of another key; top keeps the best N.

    pages.py write RESULTS PAGE...    puts the tables of RESULTS into the pages
    pages.py check RESULTS PAGE...    fails where a figure is outside of the 95% interval that the page has; one without an interval, where
                                      it is more than three times that of the page, or less than a third
    pages.py demo LOG PAGE            fails where an accuracy of the demo is outside of the 95% interval that the page has
    pages.py gap RESULTS PAGE         fails where the means of transfer.sh are not those that a sentence of the page has
"""
import json
import re
import sys
from pathlib import Path

BLOCK = re.compile(r"<!-- table (\S+?)\.(yaml|sh)(.*?) -->\n(.*?)<!-- end -->\n", re.S)
FACTOR = 3  # between figures without an interval


def plain(text):
    """A map of a recipe as a person writes it: {name: step, by: 0.1}."""
    return text.replace('"', "").replace(":", ": ").replace(",", ", ") if "{" in text else text


def settings(row):
    return {key: plain(value) for key, value in (s.split("=", 1) for s in row["settings"])}


def accuracy(row):
    """In percent, with half of its 95% interval."""
    if row["top1"] is None:
        return "failed"
    low, high = row["top1_interval"] or (row["top1"], row["top1"])
    return f"{100 * row['top1']:.1f} ± {50 * (high - low):.1f}"


def signed(row, scale, digits):
    if row["behind"] is None:
        return ""
    low, high = row["behind_interval"] or (row["behind"], row["behind"])  # none where all seeds differ by as much
    return f"{scale * row['behind']:+.{digits}f} ± {scale * (high - low) / 2:.{digits}f}"


def p(row):
    value = row["p_holm"]
    return "" if value is None else "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def name(row):
    return ", ".join(f"`{plain(s)}`" for s in row["settings"]) or "the recipe"


def table(results, options):
    rows = results["configurations"]
    if "columns" in options:
        return pivot(rows, options["rows"], options["columns"])
    if "curve" in options:
        return curves(rows, options["by"], options["curve"])
    if "by" in options:
        seen = set()
        rows = [r for r in rows if not (settings(r).get(options["by"]) in seen or seen.add(settings(r).get(options["by"])))]
    rows = rows[: int(options.get("top", len(rows)))]
    points = results["choose"] == "val_top1"
    lines = ["| configuration | accuracy, % | NLL | best minus this | p (Holm) | epochs |", "|---|---|---|---|---|---|"]
    for r in rows:
        nll = "" if r["nll"] is None else f"{r['nll']:.3f}"
        behind = signed(r, 100 if points else 1, 1 if points else 3)
        lines.append(f"| {name(r)} | {accuracy(r)} | {nll} | {behind} | {p(r)} | {r['epochs']} |")
    return "\n".join(lines) + "\n"


def curves(rows, by, along):
    """A line for each value of a key, the best first: the accuracies along another key."""
    lines = {}
    for row in rows:
        words = settings(row)
        lines.setdefault(words[by], []).append((float(words[along]), accuracy(row).split(" ")[0]))
    most = max(map(len, lines.values()))
    text = [f"| `{by}` | `{along}`: accuracy |" + "  |" * (most - 1), "|---" * (most + 1) + "|"]
    text += [f"| {name} | " + " | ".join(f"{x:g}: {y}" for x, y in sorted(points)) + " |" for name, points in lines.items()]
    return "\n".join(text) + "\n"


def pivot(rows, down, across):
    def value(row, key):
        words = settings(row)
        return words.get(key, "from scratch" if key == "trainable" else "") if key != "trainable" or "weights" in words else "from scratch"

    rows = sorted(rows, key=lambda r: r["configuration"])
    columns = list(dict.fromkeys(value(r, across) for r in rows))
    lines = [f"| `{down}` | " + " | ".join(f"`{across}` {c}" for c in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for head in dict.fromkeys(value(r, down) for r in rows):
        cells = {value(r, across): accuracy(r) for r in rows if value(r, down) == head}
        lines.append(f"| {head} | " + " | ".join(cells.get(c, "") for c in columns) + " |")
    return "\n".join(lines) + "\n"


def curvature(rows):
    lines = ["| run | train loss | largest | smallest | largest / abs. smallest | 2 / largest |", "|---" * 6 + "|"]
    for r in rows:
        high, low = r["largest"], r["smallest"]
        lines.append(f"| {r['rule']}, epoch {r['epochs']} | {r['train_loss']:.3f} | {high:.1f} | {low:.2f} | {high / abs(low):.1f} | {2 / high:.3f} |")
    return "\n".join(lines) + "\n"


def transfer(rows):
    lines = ["| | accuracy, % | range |", "|---|---|---|"]
    lines += [f"| {r['row']} | {r['top1']:.1f} ± {r['half']:.1f} | {r['low']:.1f} to {r['high']:.1f} |" for r in rows]
    return "\n".join(lines) + "\n"


def rules(rows):
    """With the half of an accuracy's 95% interval by 320 images (normal approximation)."""
    lines = ["| rule | trains | accuracy, % | of the best, % |", "|---|---|---|---|"]
    for r in rows:
        p = r["top1"] / 100
        lines.append(f"| {r['rule']} | {r['trains']} | {r['top1']:.1f} ± {196 * (p * (1 - p) / 320) ** 0.5:.1f} | {r['part']:.0f} |")
    return "\n".join(lines) + "\n"


SCRIPTS = {"curvature": curvature, "transfer": transfer, "rules-demo": rules}


def cells(text):
    return [[c.strip() for c in line.strip("|").split("|")] for line in text.strip().split("\n")]


def numbers(text):
    """Figures without an interval, by the row and the column that they stand in."""
    lines = cells(text)
    return {(line[0], lines[0][k]): float(cell) for line in lines[2:] for k, cell in enumerate(line) if re.fullmatch(r"-?\d+\.\d+", cell)}


def is_near(now, then):
    return now * then > 0 and abs(then) / FACTOR <= abs(now) <= abs(then) * FACTOR


def figures(text):
    """Accuracies and their half intervals, by the row and the column that they stand in."""
    lines = cells(text)
    found = {}
    for line in lines[2:]:
        for k, cell in enumerate(line[1:], 1):
            if (match := re.fullmatch(r"(\d+\.\d) ± (\d+\.\d)", cell)) and (lines[0][k] == "accuracy, %" or "`" in lines[0][k]):
                found[line[0], lines[0][k]] = float(match[1]), float(match[2])
    return found


def demo(log, page):
    """The demo's table, as it printed it and as the page has it: a run's name, its accuracy, and the interval."""
    row = re.compile(r"^\s*\S*?demo/(\w+(?:: ensemble of \d+)?) .*? (\d+\.\d)% \((\d+\.\d)-(\d+\.\d)\)", re.M)
    now = {match[1]: float(match[2]) for match in row.finditer(Path(log).read_text())}
    old = {match[1]: (float(match[3]), float(match[4])) for match in row.finditer(Path(page).read_text())}
    outside = [name for name, (low, high) in old.items() if not low <= now.get(name, -1) <= high]
    for name in outside:
        print(f"{page}: {name}: {old[name][0]} to {old[name][1]} in the page, {now.get(name, 'nothing')} now")
    print(f"{page}: {len(old) - len(outside)} of {len(old)} figures of the demo are within their intervals")
    sys.exit(1 if outside or not old else 0)


def gap(folder, page):
    """The sentence (A% to B%, 3 seeds) of a page: the accuracies of transfer.sh from scratch and with all layers."""
    rows = {r["row"]: r for r in json.loads(Path(folder, "transfer.json").read_text())}
    found = re.search(r"\((\d+\.\d)% to (\d+\.\d)%, 3 seeds", Path(page).read_text())
    pairs = list(zip(map(float, found.groups()), (rows["from scratch"], rows["all layers"]))) if found else []
    outside = [r for old, r in pairs if abs(old - r["top1"]) > r["half"]]
    for r in outside:
        print(f"{page}: {found[0]}, but {r['row']} {r['top1']:.1f} ± {r['half']:.1f} now")
    print(f"{page}: {len(pairs) - len(outside)} of {len(pairs)} means of transfer.sh are within the interval")
    sys.exit(1 if outside or not pairs else 0)


def main(verb, folder, *pages):
    if verb in ("demo", "gap"):
        globals()[verb](folder, *pages)
    failed = False
    for page in map(Path, pages):
        text = page.read_text()

        def made(match):
            nonlocal failed
            options = dict(o.split("=", 1) for o in match[3].split())
            results = Path(folder, f"{match[1]}.json") if match[2] == "sh" else Path(folder, match[1], "results.json")
            if not results.exists():
                print(f"{page}: no results of {match[1]}")
                failed = True
                return match[0]
            read = json.loads(results.read_text())
            new = SCRIPTS[match[1]](read) if match[2] == "sh" else table(read, options)
            if verb == "check" and (then := numbers(match[4])) and match[2] == "sh":
                now = numbers(new)
                moved = [k for k in then if k not in now or not is_near(now[k], then[k])]
                failed |= bool(moved)
                for k in moved:
                    print(f"{page}: {match[1]}: {' '.join(k)}: {then[k]} in the page, {now.get(k, 'nothing')} now")
                print(f"{page}: {match[1]}: {len(then) - len(moved)} of {len(then)} figures are within a factor of {FACTOR}")
            elif verb == "check":
                # A row is looked for among all configurations: which one is best of its kind may turn on a tie.
                whole = table(read, {k: options[k] for k in ("rows", "columns") if k in options}) if match[2] == "yaml" else new
                old, now = figures(match[4]), figures(whole)
                outside = [k for k, (value, half) in now.items() if k in old and abs(value - old[k][0]) > max(old[k][1], 0.05)]
                gone = [k for k in old if k not in now]
                failed |= bool(outside or gone or not (old or "curve" in options))
                for k in outside:
                    print(f"{page}: {match[1]}: {' '.join(k)}: {old[k][0]} ± {old[k][1]} in the page, {now[k][0]} now")
                for k in gone:
                    print(f"{page}: {match[1]}: {' '.join(k)} is in the page and not among the results")
                print(f"{page}: {match[1]}: {len(old) - len(outside) - len(gone)} of {len(old)} figures are within their intervals")
            return f"<!-- table {match[1]}.{match[2]}{match[3]} -->\n{new}<!-- end -->\n"

        new = BLOCK.sub(made, text)
        if verb == "write" and new != text:
            page.write_text(new)
            print(f"{page}: written")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
