"""Runs pytest like `python3 -m pytest`, except that the workspace cannot replace what pytest imports."""

import os
import sys

import framework_guard
import pytest

sys.path[0] = os.getcwd()


class Watch:
    guard = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self):
        # installed plugins are loaded by now, the repository's own code is not
        Watch.guard = framework_guard.Guard()


status = int(pytest.main(sys.argv[1:], plugins=[Watch()]))
sys.stdout.flush()
sys.stderr.flush()
os._exit(framework_guard.STATUS if Watch.guard and Watch.guard.tell() else status)
