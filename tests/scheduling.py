"""Which tests go to the same worker, and which go first.

Files whose tests share something dear (a browser, a demo that runs, the cast) stay together,
so that it is made once; they begin first, so that at the end no worker waits for a long one. All
other tests go one by one to whoever is free. (xdist's own `xdist_group` does nothing under pytest
9: it names tests in a way that pytest no longer reads.)
"""

from __future__ import annotations

import re

from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = re.compile(
    r"(tests/(?:journeys/|launcher/|retention/destroying/|guards/test_(?:walk|source|translations)"
    r"|[\w/]+/test_\w*in_browser)[^:]*)::"
)


class SharedFirst(LoadScopeScheduling):
    """Units are files that share something, and single tests."""

    def _split_scope(self, nodeid: str) -> str:
        """The unit of a test; xdist begins with the unit of most tests."""
        shared = TOGETHER.match(nodeid)
        return shared[1] if shared else nodeid
