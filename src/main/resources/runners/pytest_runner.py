"""Runs pytest like `python3 -m pytest`, except that the workspace cannot replace what pytest imports."""

import os
import sys

import framework_guard
import pytest

sys.path[0] = os.getcwd()
if os.path.isdir("src") and (os.path.isfile("pyproject.toml") or os.path.isfile("setup.py")):
    # the usual layout of a package, which is tested without being installed
    sys.path.insert(1, os.path.join(os.getcwd(), "src"))


class Hooks:
    """Plugins that code under test brings in while it runs; a conftest.py is part of the tests."""

    def __init__(self, manager):
        self.manager = manager
        self.execute = manager._inner_hookexec
        self.before = {id(i): (i, i.function) for _, i in self.implementations()}

    def implementations(self):
        callers = list(vars(self.manager.hook).values())
        return [(c.name, i) for c in callers if hasattr(c, "get_hookimpls") for i in c.get_hookimpls()]

    def tell(self):
        found = [] if self.manager._inner_hookexec == self.execute else ["the call of hooks"]
        for name, i in self.implementations():
            known = self.before.get(id(i))
            if i.function is not known[1] if known else self.own(i.function):
                found.append("hook " + name)
        if found:
            print("winnow: replaced " + ", ".join(sorted(found)[:5]), file=sys.__stderr__, flush=True)
        return bool(found)

    @staticmethod
    def own(function):
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        name = os.path.abspath(code.co_filename) if code else ""
        return name.startswith(os.getcwd() + os.sep) and os.path.basename(name) != "conftest.py" or not code


class Watch:
    guard = None
    hooks = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config):
        # installed plugins are loaded by now, the repository's own code is not
        Watch.guard = framework_guard.Guard()
        Watch.hooks = Hooks(early_config.pluginmanager)


status = int(pytest.main(sys.argv[1:], plugins=[Watch()]))
sys.stdout.flush()
sys.stderr.flush()
told = Watch.guard and (Watch.hooks.tell() or Watch.guard.tell())
os._exit(framework_guard.STATUS if told else status)
