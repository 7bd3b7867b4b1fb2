package words;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void countsWords() {
    assertEquals(3, Words.count("one two three"));
  }

  @Test
  void countsNothingInAnEmptyText() {
    assertEquals(0, Words.count("  "));
  }

  @Test
  void countsAcrossTabsAndLines() {
    assertEquals(3, Words.count("one\ttwo\n three"));
  }

  @Test
  void normalizesWhiteSpace() {
    assertEquals("one two", Words.normalize(" one \n two "));
  }
}
