"""Runs unittest and writes one JSON line per test, ended by a record with the total.

Usage: unittest_runner.py REPORT [FILE...]   (no files: discovery from the current directory)
"""

import importlib
import json
import os
import sys
import traceback
import unittest

import framework_guard

report_path = sys.argv[1]
files = sys.argv[2:]
root = os.getcwd()
# candidate code sees the command line of a plain run
sys.argv = ["python3 -m unittest"]
sys.path[0] = root
report = os.open(report_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
count = 0


def write(record):
    os.write(report, (json.dumps(record) + "\n").encode("ascii"))


def relative(path):
    path = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    return None if path.startswith("..") else path.replace(os.sep, "/")


def not_loaded(test):
    cls = type(test)
    return cls.__module__ == "unittest.loader" and cls.__name__ in ("_FailedTest", "ModuleSkipped")


def named(suite, directory="", file=None):
    """Gives each placeholder of a module that did not load the path of its file.

    The loader names it by the module's last part, or by its dotted name below the directory.
    """
    for test in flat(suite):
        if not_loaded(test):
            module = getattr(test, "_testMethodName", str(test)).replace(".", "/")
            path = file or os.path.join(directory, module)
            test.winnow_file = path if file or not os.path.exists(path + ".py") else path + ".py"
    return suite


def describe(test):
    """(file, Class::method) of a test; stable over workspaces."""
    cls = type(test)
    if not_loaded(test):
        return test.winnow_file, None
    if cls.__module__ == "unittest.suite":  # _ErrorHolder: setUpClass, setUpModule
        return None, str(test)
    module = sys.modules.get(cls.__module__)
    file = getattr(module, "__file__", None)
    file = relative(file) if file else None
    method = getattr(test, "_testMethodName", None) or test.id()
    return file or cls.__module__.replace(".", "/") + ".py", cls.__qualname__ + "::" + method


class JsonResult(unittest.TextTestResult):
    def emit(self, test, status, kind="", message="", sub=None):
        global count
        count += 1
        file, name = describe(test)
        if sub is not None:
            name += " " + sub
        write(
            {
                "type": "test",
                "file": file,
                "name": name,
                "status": status,
                "kind": kind,
                "message": message[-2000:],
            }
        )

    def failed(self, test, err, sub=None):
        kind, value, _ = err
        assertion = issubclass(kind, test.failureException if hasattr(test, "failureException") else AssertionError)
        text = "".join(traceback.format_exception_only(kind, value))
        self.emit(test, "failed" if assertion else "error", kind.__name__, text, sub)

    def startTest(self, test):
        super().startTest(test)
        self.sub_failed = False

    def addSuccess(self, test):
        super().addSuccess(test)
        if not self.sub_failed:
            self.emit(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.emit(getattr(test, "test_case", test), "skipped", "", str(reason))

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.emit(test, "passed", "expectedFailure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.emit(test, "failed", "unexpectedSuccess", "unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        # a failing sub-test fails its test: ids stay those of the test methods
        if err is not None:
            self.sub_failed = True
            self.failed(test, err)


class Loader(unittest.TestLoader):
    pass


def flat(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flat(item)
        else:
            yield item


def start_directory():
    """Discovery like `python3 -m unittest`; a tests directory without __init__.py is looked into."""
    return [
        name
        for name in ("tests", "test")
        if os.path.isdir(name) and not os.path.exists(os.path.join(name, "__init__.py"))
    ]


def load_file(loader, file):
    """The tests of one file; whatever keeps it from loading is one error, as in discovery."""
    directory, name = os.path.split(file[:-3])
    if directory and not os.path.exists(os.path.join(directory, "__init__.py")):
        place = os.path.abspath(directory)
        if place not in sys.path:
            sys.path.insert(0, place)
    else:
        name = file[:-3].replace("/", ".")
    try:
        module = importlib.import_module(name)
        if relative(module.__file__) != file:
            raise ImportError("%s is imported instead" % module.__file__)
        return loader.loadTestsFromModule(module)
    except unittest.SkipTest as e:
        return unittest.loader._make_skipped_test(name, e, loader.suiteClass)
    except Exception:
        error = ImportError("Failed to import test module: %s\n%s" % (name, traceback.format_exc()))
        return unittest.TestSuite([unittest.loader._FailedTest(name.rpartition(".")[2], error)])


def load():
    loader = Loader()
    if files:
        suites = [named(load_file(loader, file), file=file) for file in files if file.endswith(".py")]
        return unittest.TestSuite(suites)
    suites = [named(loader.discover(".", top_level_dir="."))]
    for directory in start_directory():
        sub = Loader()
        suites.append(named(sub.discover(directory, top_level_dir=directory), directory))
    return unittest.TestSuite(suites)


write({"type": "start"})
guard = framework_guard.Guard(JsonResult)
# a module that calls sys.exit at import is a broken test run, not a finished one
suite = load()
planned = suite.countTestCases()
result = unittest.TextTestRunner(stream=sys.stderr, verbosity=1, resultclass=JsonResult).run(suite)
sys.stdout.flush()
sys.stderr.flush()
write({"type": "end", "planned": planned, "ran": result.testsRun, "records": count})
# as python 3.12 and later: nothing ran is exit status 5
code = 5 if result.testsRun == 0 and not result.skipped and not result.errors else 0 if result.wasSuccessful() else 1
if guard.tell():
    code = framework_guard.STATUS
# threads that a test left behind must not keep the process
os._exit(code)
