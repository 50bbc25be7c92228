"""``python -m benchmarks render|native|fallback|compose|school|convert|pdf``: figures on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import json

from benchmarks import plans

BENCHMARKS = ("render", "native", "fallback", "compose", "school", "convert", "pdf")


def main() -> int:
    """Measure what the command line asks for, and print it."""
    order = _parser().parse_args()
    if order.benchmark == "convert":
        from benchmarks import convert  # it needs the data source alone

        print(json.dumps(convert.main(order.quick), indent=2, ensure_ascii=False))
        return 0
    if order.benchmark == "pdf":
        from benchmarks import pdf  # it needs engines that the others do without

        print(pdf.main(order.quick, order.rounds, order.json))
        return 0
    if order.benchmark == "native":
        from benchmarks.native import native

        report = native(order.quick, order.count, order.rounds)
        print(report.as_json() if order.json else report.as_table())
        return 0
    report = getattr(plans, order.benchmark)(order.quick, order.count, order.rounds)
    print(report.as_json() if order.json else report.as_table())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("benchmark", choices=BENCHMARKS)
    parser.add_argument("--quick", action="store_true", help="fewer pupils and rounds: ends within 40 s")
    parser.add_argument("--json", action="store_true", help="print the result as JSON, and nothing else")
    parser.add_argument("--count", type=int, metavar="N", help="pupils of this project and the floor")
    parser.add_argument("--rounds", type=int, metavar="R", help="rounds in which the methods take turns")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
