package dev.winnow.evidence.runner;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads JUnit XML as the many tools write it: nested suites, missing class names, surefire's
 * reruns. The text is hostile: no document type, no entities of its own, limits on size, depth and
 * number.
 */
final class ReadJunitXml {

  private static final int MAX_DEPTH = 60;

  private static final Pattern EXCEPTION =
      Pattern.compile("[\\w.$]{0,300}(Error|Exception|Throwable|Exit|Interrupt|Warning)\\b");
  private static final Pattern ASSERTION =
      Pattern.compile("Assert|Comparison|MultipleFailures|ConditionNotMet");

  /** A test case as it is written. Each part may be empty. */
  record Case(String suite, String className, String name, String file) {}

  /** The document is not well-formed, ends too early, or is no JUnit report. */
  static final class Broken extends Exception {
    Broken(String message) {
      super(message);
    }
  }

  private final Function<Case, String> id;
  private final List<TestResult> results = new ArrayList<>();

  private ReadJunitXml(Function<Case, String> id) {
    this.id = id;
  }

  /**
   * @param id names a test
   * @throws ReportFiles.Unbelievable when no runner writes such a document
   */
  static List<TestResult> read(byte[] xml, Function<Case, String> id)
      throws Broken, ReportFiles.Unbelievable {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("external entity");
    });
    ReadJunitXml reader = new ReadJunitXml(id);
    try {
      XMLStreamReader xmlReader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
      reader.document(xmlReader);
    } catch (XMLStreamException e) {
      throw new Broken(
          "the report is not well-formed XML: "
              + Excerpt.firstLine(String.valueOf(e.getMessage())));
    }
    return reader.results;
  }

  private void document(XMLStreamReader xml)
      throws XMLStreamException, Broken, ReportFiles.Unbelievable {
    List<String> suites = new ArrayList<>();
    int depth = 0;
    boolean report = false;
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new ReportFiles.Unbelievable("the report declares or uses XML entities");
        case XMLStreamConstants.START_ELEMENT -> {
          if (++depth > MAX_DEPTH) {
            throw new ReportFiles.Unbelievable("the report is nested deeper than " + MAX_DEPTH);
          }
          String element = xml.getLocalName();
          if (depth == 1) {
            report = element.equals("testsuite") || element.equals("testsuites");
          }
          switch (element) {
            case "testsuite" -> suites.add(attribute(xml, "name"));
            case "testcase" -> {
              testCase(xml, suites.isEmpty() ? "" : suites.getLast());
              depth--;
            }
            default -> {}
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          if (xml.getLocalName().equals("testsuite") && !suites.isEmpty()) {
            suites.removeLast();
          }
        }
        default -> {}
      }
    }
    if (!report) {
      throw new Broken("the report is not a JUnit report");
    }
  }

  /** Reads to the end of the test case. */
  private void testCase(XMLStreamReader xml, String suite)
      throws XMLStreamException, ReportFiles.Unbelievable {
    String name =
        id.apply(
            new Case(
                suite,
                attribute(xml, "classname"),
                attribute(xml, "name"),
                attribute(xml, "file")));
    TestStatus status =
        "notrun".equals(attribute(xml, "status")) ? TestStatus.SKIPPED : TestStatus.PASSED;
    String message = "";
    @Nullable StringBuilder text = null;
    int depth = 1;
    while (depth > 0) {
      switch (xml.next()) {
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new ReportFiles.Unbelievable("the report uses XML entities");
        case XMLStreamConstants.START_ELEMENT -> {
          if (++depth > MAX_DEPTH) {
            throw new ReportFiles.Unbelievable("the report is nested deeper than " + MAX_DEPTH);
          }
          TestStatus child = depth == 2 ? statusOf(xml) : null;
          if (child != null && child.compareTo(status) != 0 && worse(child, status)) {
            status = child;
            message = attribute(xml, "message");
            text = message.isEmpty() ? new StringBuilder() : null;
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (text != null && depth == 2 && text.length() < 4_000) {
            String piece = xml.getText();
            text.append(piece, 0, Math.min(piece.length(), 4_000));
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          if (depth == 1 && text != null) {
            message = text.toString();
            text = null;
          }
        }
        case XMLStreamConstants.END_DOCUMENT -> depth = 0;
        default -> {}
      }
    }
    if (results.size() >= Report.MAX_TESTS) {
      throw new ReportFiles.Unbelievable("the report has more than " + Report.MAX_TESTS + " tests");
    }
    results.add(new TestResult(Excerpt.ofId(name), status, Excerpt.ofMessage(message)));
  }

  /**
   * What a child of a test case says. Surefire's {@code flakyFailure} stands in a test that passed
   * when it was run again, {@code rerunFailure} beside the {@code failure} of one that never did.
   */
  private static @Nullable TestStatus statusOf(XMLStreamReader xml) {
    return switch (xml.getLocalName()) {
      case "failure" -> isAssertion(xml) ? TestStatus.FAILED : TestStatus.ERROR;
      case "error" -> TestStatus.ERROR;
      case "skipped", "disabled", "ignored" -> TestStatus.SKIPPED;
      default -> null;
    };
  }

  /** Gradle, pytest and others write every throwable as a failure; its type tells. */
  private static boolean isAssertion(XMLStreamReader xml) {
    String type = attribute(xml, "type");
    if (type.isEmpty()) {
      Matcher named = EXCEPTION.matcher(attribute(xml, "message"));
      type = named.lookingAt() ? named.group() : "";
    }
    return ASSERTION.matcher(type).find() || !EXCEPTION.matcher(type).lookingAt();
  }

  private static boolean worse(TestStatus a, TestStatus b) {
    return rank(a) > rank(b);
  }

  private static int rank(TestStatus status) {
    return switch (status) {
      case PASSED -> 0;
      case SKIPPED -> 1;
      case FAILED -> 2;
      case ERROR -> 3;
    };
  }

  private static String attribute(XMLStreamReader xml, String name) {
    String value = xml.getAttributeValue(null, name);
    return value == null ? "" : value;
  }
}
