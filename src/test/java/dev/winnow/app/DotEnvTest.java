package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DotEnvTest {

  @Test
  void readsTheUsualForms() {
    assertThat(
            DotEnv.parse(
                """
                # comment
                A=1
                export B = two
                C='single # $X'
                D="a\\nb \\"c\\""
                E=bare value # comment
                F=
                G=# nothing
                not a variable
                1X=no
                =
                """))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "A",
                "1",
                "C",
                "single # $X",
                "D",
                "a\nb \"c\"",
                "E",
                "bare value",
                "F",
                "",
                "G",
                ""));
  }

  @Test
  void quoteThatIsNeverClosedIsTakenAsWritten() {
    assertThat(DotEnv.parse("A=\"open\nB='open"))
        .containsEntry("A", "\"open")
        .containsEntry("B", "'open");
  }
}
