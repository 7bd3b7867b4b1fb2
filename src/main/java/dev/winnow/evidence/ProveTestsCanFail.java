package dev.winnow.evidence;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.MustFail;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.evidence.tamper.TamperFinding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Runs tests that must fail in the process of a candidate's own tests. Code under test shares that
 * process and can reach for assertions, results and output in more ways than anybody lists; but
 * when a test fails there and is reported as anything else, then no report of this code means
 * anything.
 */
final class ProveTestsCanFail {

  private static final int MAX_SOURCE = 512 * 1024; // bytes

  private final TestBench bench;
  private final String baseTree;

  ProveTestsCanFail(TestBench bench, String baseTree) {
    this.bench = bench;
    this.baseTree = baseTree;
  }

  /** A veto when the failures do not come out; empty too where they cannot be brought in. */
  Optional<TamperFinding> find(String codeTree, TestSet own, Cancellation cancellation) {
    String mark = mark(codeTree);
    Optional<MustFail> beside =
        bench
            .runner()
            .mustFail(
                own.files(),
                path ->
                    bench
                        .mirror()
                        .read(own.tree(), path, MAX_SOURCE)
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8)),
                mark);
    if (beside.isEmpty()) {
      return Optional.empty();
    }
    String tree = bench.treeFor(codeTree, baseTree, Optional.of(own));
    TestRun run = bench.run(tree, beside.get(), 0, cancellation);
    if (comesOut(run, beside.get(), mark)) {
      return Optional.empty();
    }
    // twice, as a crash may have been the machine's; and on the base, which is nobody's trick
    TestRun again = bench.run(tree, beside.get(), 1, cancellation);
    return comesOut(again, beside.get(), mark) || !worksOnTheBase(mark, cancellation)
        ? Optional.empty()
        : Optional.of(
            new TamperFinding(
                TamperFinding.Kind.FORGED_REPORT,
                true,
                "",
                "tests that must fail, added beside its own, were not reported as failed on its code (%s)"
                    .formatted(again.reason())));
  }

  private boolean worksOnTheBase(String mark, Cancellation cancellation) {
    return bench
        .runner()
        .mustFail(List.of(), _ -> Optional.empty(), mark)
        .map(alone -> {
          TestRun run = bench.run(baseTree, alone, 0, cancellation);
          return run.ran() && comesOut(run, alone, mark);
        })
        .orElse(false);
  }

  /** Also when nothing can be said: the tests did not compile together, or were not run. */
  private static boolean comesOut(TestRun run, MustFail tests, String mark) {
    return switch (run.verdict()) {
      case RAN -> failed(run.results(), tests, mark);
      case CRASHED, NOT_BELIEVED -> false;
      case COMPILE_FAILED, NO_TESTS, TIMEOUT, COULD_NOT_RUN -> true;
    };
  }

  private static boolean failed(List<TestResult> results, MustFail tests, String mark) {
    List<TestStatus> marked =
        results.stream().filter(r -> r.id().contains(mark)).map(TestResult::status).toList();
    return marked.size() >= tests.tests()
        && marked.stream().allMatch(s -> s == TestStatus.FAILED || s == TestStatus.ERROR);
  }

  /** A resumed run finds what it recorded; the code could not know it when it was written. */
  private static String mark(String codeTree) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("must fail " + codeTree).getBytes(StandardCharsets.UTF_8));
      return "w" + HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
