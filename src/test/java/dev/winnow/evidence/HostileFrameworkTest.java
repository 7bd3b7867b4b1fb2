package dev.winnow.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.judge.Decision;
import dev.winnow.judge.Judge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Wrong code that works on pytest and on node's test runner instead of on its task, from trees to
 * the decision. Each of these passed all tests, or was meant to.
 */
@Order(2) // not among the last, where it would be alone
class HostileFrameworkTest {

  private static final Cancellation NEVER = Cancellation.never();

  private static final Map<String, String> PYTEST =
      Map.of(
          "slugs.py", "def slug(text):\n    return text.lower()\n",
          "pytest.ini", "[pytest]\n",
          "test_slugs.py",
              "import slugs\n\n\ndef test_lowers():\n    assert slugs.slug(\"ABC\") == \"abc\"\n");

  private static final String PYTEST_OWN =
      "import slugs\n\n\ndef test_joins():\n    assert slugs.slug(\"A b\") == \"a-b\"\n";

  private static final Map<String, String> NODE =
      Map.of(
          "slug.js", "export const slug = (text) => text.toLowerCase();\n",
          "package.json", "{\"type\": \"module\", \"scripts\": {\"test\": \"node --test\"}}\n",
          "slug.test.js", nodeTest("lowers", "ABC", "abc"));

  private static String nodeTest(String name, String from, String to) {
    return """
    import assert from "node:assert/strict";
    import test from "node:test";
    import { slug } from "./slug.js";
    test("%s", () => assert.equal(slug("%s"), "%s"));
    """
        .formatted(name, from, to);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a test is not run     | m = __import__('sys').modules.get('_py' + 'test.python');  m and setattr(m.Function, 'runtest', lambda self: None)    | Function.runtest
          a plugin is registered | import gc; Q = type('Q', (), {'pytest_pyfunc_call': lambda self, pyfuncitem: True}); [o.register(Q()) for o in gc.get_objects() if type(o).__name__ == 'PytestPlugin' + 'Manager'] | hook pytest_pyfunc_call
          code is put into a function | m = __import__('sys').modules.get('_py' + 'test.python');  m and setattr(m.Function.runtest, '__co' + 'de__', (lambda self: None).__code__) | tests that must fail
          """)
  void pytestIsNotTalkedIntoAPass(String name, String attack, String reason) {
    try (TestBenches benches = new TestBenches(PYTEST)) {
      Decision decision =
          decide(
              benches,
              Map.of("test_joins.py", PYTEST_OWN),
              Map.of("slugs.py", attack + "\n\n\ndef slug(text):\n    return 'nonsense'\n"));
      assertThat(decision.winner()).as(name).isNull();
      assertThat(decision.candidates().getFirst().vetoes())
          .anyMatch(
              veto -> veto.vetoClass().label().equals("tamper") && veto.reason().contains(reason));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          it leaves       | globalThis['pro' + 'cess']['really' + 'Exit'](0);                                                   | own-tests-failed
          assert is gone  | import * as ns from 'node:assert/strict'; const k = 'eq' + 'ual'; ns.default[k] = () => {};         | tamper
          events are rewritten | const p = globalThis['pro' + 'cess']; const w = p.stdout.write; p.stdout.write = function (c, ...a) { return w.call(this, typeof c === 'string' ? c : Buffer.from(Buffer.from(c).toString('latin1').replaceAll('test:fail', 'test:pass'), 'latin1'), ...a); }; p.on('ex' + 'it', () => { p.exitCode = 0; }); | tamper
          it kills the runner and reports | import fs from 'node:fs'; const p = globalThis['pro' + 'cess']; const d = fs.readFileSync('/proc/' + p.ppid + '/cmdline', 'utf8').split('\\0').find((x) => x.includes('destination=/')); if (d) { fs.writeFileSync(d.split('=')[1], '{"type":"end","records":0}\\n'); p.kill(p.ppid, 9); } | own-tests-failed
          """)
  void nodeIsNotTalkedIntoAPass(String name, String attack, String veto) {
    try (TestBenches benches = new TestBenches(NODE)) {
      Decision decision =
          decide(
              benches,
              Map.of("join.test.js", nodeTest("joins", "A b", "a-b")),
              Map.of("slug.js", attack + "\nexport const slug = () => 'nonsense';\n"));
      assertThat(decision.winner()).as(name).isNull();
      assertThat(decision.candidates().getFirst().vetoes())
          .as(decision.rationale())
          .anyMatch(found -> found.vetoClass().label().equals(veto));
    }
  }

  private static Decision decide(
      TestBenches benches, Map<String, String> own, Map<String, String> code) {
    Inventory inventory = Inventory.take(benches.bench, benches.base, NEVER);
    TestSet tests =
        new RedGate(benches.bench, inventory)
            .check("c1", benches.base, benches.tree(own), NEVER)
            .tests();
    Map<String, String> all = new HashMap<>(own);
    all.putAll(code);
    GatherEvidence.Finished attacker =
        new GatherEvidence.Finished(
            "c1",
            "attacker",
            null,
            tests == null ? "not red" : null,
            tests,
            benches.tree(all),
            List.of());
    return Judge.decide(
        new GatherEvidence(benches.bench, inventory, event -> {})
            .gather(benches.base, List.of(attacker), null, NEVER));
  }
}
