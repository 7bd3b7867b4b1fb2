"""Notices code under test that replaces parts of the test framework that judges it."""

import sys
import types
import unittest

PACKAGES = ("unittest", "_pytest", "pluggy")
FUNCTIONS = (types.FunctionType, classmethod, staticmethod, property)
# what a test runner is ended with when it was tampered with
STATUS = 97


def parts(extra=()):
    found = {}
    for module in [m for n, m in list(sys.modules.items()) if n.partition(".")[0] in PACKAGES]:
        for name, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType):
                found[module.__name__, name] = (module, value)
            elif isinstance(value, type) and value.__module__ == module.__name__:
                add(found, value)
    for cls in extra:
        add(found, cls)
    return found


def add(found, cls):
    for name, value in list(vars(cls).items()):
        if isinstance(value, FUNCTIONS):
            found[cls.__module__ + "." + cls.__qualname__, name] = (cls, value)


class Guard:
    def __init__(self, *extra):
        before = parts(extra)

        def replaced():
            return [
                ".".join(key)
                for key, (owner, value) in before.items()
                if owner.__dict__.get(key[1]) is not value
            ]

        self.replaced = replaced

    def tell(self):
        names = self.replaced()
        if names:
            print("winnow: replaced " + ", ".join(sorted(names)[:5]), file=sys.__stderr__, flush=True)
        return bool(names)
