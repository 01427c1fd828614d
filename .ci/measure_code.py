"""Print how long modules and functions are, and fail where the house rules are broken.

A function is counted from `def` to its last line, docstring included; migrations are written by Django and
not counted. Migrations are looked at for their names only: a name says what for, so none of Django's own.
"""

import ast
import re
import sys
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES, MEDIAN_LINES, NINTH_DECILE_LINES, FUNCTION_LINES = 600, 8, 25, 60
AUTOMATIC_NAME = re.compile(r"\d+_(auto_|alter_|remove_|rename_|delete_).*|.*_and_more")


def function_lengths(path):
    """(lines, where) of every function in a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            yield node.end_lineno - node.lineno + 1, where


def measure(kind, paths):
    """Print the numbers of these modules; returns the sentences about rules broken."""
    functions = sorted(found for path in paths for found in function_lengths(path))
    modules = sorted((len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in paths)
    lengths = [lines for lines, _ in functions]
    middle, high = median(lengths), quantiles(lengths, n=10)[-1]
    print(
        f"{kind}: {len(modules)} modules, the longest {modules[-1][0]} lines ({modules[-1][1]}); "
        f"{len(functions)} functions, median {middle:g}, 90th percentile {high:g}, "
        f"the longest {functions[-1][0]} lines ({functions[-1][1]})"
    )
    broken = [f"{where} has {lines} lines" for lines, where in modules if lines > MODULE_LINES]
    broken += [f"{where} has {lines} lines" for lines, where in functions if lines > FUNCTION_LINES]
    if middle > MEDIAN_LINES or high > NINTH_DECILE_LINES:
        broken.append(f"the functions of the {kind} are too long on the whole")
    return broken


def main():
    found = [
        path for app in ("newsroom", "comments", "articles") for path in sorted(ROOT.glob(f"{app}/**/*.py"))
    ]
    migrations = [path for path in found if path.parent.name == "migrations"]
    tests = [path for path in found if "tests" in path.parts]
    code = [path for path in found if path not in migrations and path not in tests]
    broken = measure("code", [*code, ROOT / "manage.py"]) + measure("tests", [*tests, ROOT / "conftest.py"])
    broken += [
        f"{path.name} is an automatic name" for path in migrations if AUTOMATIC_NAME.fullmatch(path.stem)
    ]
    sys.exit("\n".join(broken) or 0)


if __name__ == "__main__":
    main()
