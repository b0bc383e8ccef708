"""Writes the openCypher section of docs/conformance.md.

Run it with ``python -m tests.conformance.opencypher_report``. The section is what stands between
its two marks; the rest of the file stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from . import tck
from .test_opencypher_tck import KNOWN_FAILURES

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
BEGIN, END = "<!-- openCypher begins -->", "<!-- openCypher ends -->"


def section() -> str:
    """The section's text, measured now."""
    scenarios, graphs = tck.load()
    by_feature: defaultdict[str, Counter[str]] = defaultdict(Counter)
    failures = []
    for scenario in scenarios:
        outcome = tck.run_scenario(scenario, graphs)
        feature = scenario["feature"].removesuffix(".feature")
        by_feature[feature][outcome.status] += 1
        if outcome.status != "passed":
            reason = KNOWN_FAILURES.get(tck.key_of(scenario), "not known")
            failures.append(f"- {feature}, {scenario['name']}: {outcome.status}; {reason}")
    total = sum((counts for counts in by_feature.values()), Counter[str]())
    share = 100 * total["passed"] / total.total()
    wrong = sum(count for status, count in total.items() if status.startswith("wrong"))
    lines = [
        "## openCypher",
        "",
        "The openCypher TCK in the standard dialect: the public scenarios that need neither the",
        "temporal families nor user-defined procedures, neither of which Neptune has. A scenario",
        "passes when its rows, its columns and its side effects are those of the suite; one that",
        "wants an error only when the error's type, phase and detail are.",
        "",
        f"**{total['passed']:,} of {total.total():,} pass ({share:.1f} %); "
        f"{wrong} give wrong answers.**",
        "",
        "| feature | scenarios | passed |",
        "|---|---:|---:|",
    ]
    lines += [
        f"| {feature} | {counts.total()} | {counts['passed']} |"
        for feature, counts in sorted(by_feature.items())
    ]
    lines += ["", "### Scenarios that do not pass", "", *(failures or ["None."])]
    return "\n".join(lines)


def main() -> None:
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Conformance\n"
    text = f"{BEGIN}\n{section()}\n{END}"
    if BEGIN in page:
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        page = before + text + after
    else:
        page = f"{page.rstrip()}\n\n{text}\n"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
