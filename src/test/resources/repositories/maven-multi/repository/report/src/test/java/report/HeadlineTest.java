package report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HeadlineTest {

  @Test
  void namesTheNumberOfWords() {
    assertEquals("A day (3 words)", Headline.of(" A  day", "it was\tgood"));
  }

  @Test
  void worksWithoutABody() {
    assertEquals("Empty (0 words)", Headline.of("Empty", ""));
  }
}
