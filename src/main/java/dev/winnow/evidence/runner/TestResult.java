package dev.winnow.evidence.runner;

/**
 * One test's outcome in one test run.
 *
 * @param id stable over runs and workspaces, such as {@code com.acme.AppTest#adds} or {@code
 *     tests/test_app.py::AppTest::test_add}
 * @param message the failure's first lines, capped, untrusted text; empty when passed
 */
public record TestResult(String id, TestStatus status, String message) {}
