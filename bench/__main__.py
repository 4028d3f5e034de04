"""Runs all benchmarks, or those named, such as `log` or `retention`: see BENCHMARKS."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_portal.settings")
os.environ["PORTAL_TRUSTED_PROXIES"] = "1"  # the page is asked as the TLS proxy would
os.environ["PORTAL_STATIC_ROOT"] = os.environ["PORTAL_BENCH_HOME"] + "/static"
os.environ["PORTAL_FILES_DIR"] = os.environ["PORTAL_BENCH_HOME"] + "/files"
os.environ["PORTAL_LOG_HEADS"] = os.environ["PORTAL_BENCH_HOME"] + "/log-heads"
django.setup()

from django.core.management import call_command  # noqa: E402  needs Django

from bench import (  # noqa: E402  same
    consent_bench,
    copies,
    destroy_bench,
    file_bench,
    lists,
    log_bench,
    page_price,
    reports_bench,
    retention_bench,
    roster_import,
)
from bench.report import Row, print_table  # noqa: E402  needs Django

BENCHMARKS = {
    "page": page_price.measure,
    "lists": lists.measure,
    "roster": roster_import.measure,
    "files": file_bench.measure,
    "consent": consent_bench.measure,
    "log": log_bench.measure,
    "reports": reports_bench.measure,
    "copies": copies.measure,
    "destroy": destroy_bench.measure,
    "retention": retention_bench.measure,
}


def main(names: list[str]) -> int:
    """Measures, prints, and says by the exit code only whether the measuring worked."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are {', '.join(BENCHMARKS)}.")
        return 2
    call_command("build_fonts", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    rows: list[Row] = []
    for name in names or list(BENCHMARKS):
        print(f"measuring: {name}", flush=True)
        rows += BENCHMARKS[name]()
    print_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
