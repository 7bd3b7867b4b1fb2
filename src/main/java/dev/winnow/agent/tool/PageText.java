package dev.winnow.agent.tool;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.CDataNode;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/**
 * The text of an HTML page that a person would see: scripts, styles, comments, and what is hidden
 * by attribute or inline style stay away, since instructions to models hide there. Headings, lists,
 * code and links keep a mark. Not safe against text that is hidden by a style sheet.
 */
final class PageText implements NodeFilter {

  private static final Set<String> DROPPED =
      Set.of(
          "script",
          "style",
          "noscript",
          "template",
          "svg",
          "math",
          "iframe",
          "object",
          "embed",
          "canvas",
          "audio",
          "video",
          "head",
          "select",
          "datalist",
          "dialog",
          "noembed",
          "noframes");

  private static final Pattern HIDDEN_STYLE =
      Pattern.compile(
          "(^|;)(display:none|visibility:(hidden|collapse)|opacity:0*(\\.0+)?%?(;|!|$)|font-size:0*(\\.0+)?"
              + "[a-z%]*(;|!|$)|(text-indent|left|top|right|margin-left):-\\d{3,}|(max-)?(height|width):0*(\\.0+)?(px)?(;|!|$)"
              + "|color:transparent|clip:rect\\(0|clip-path:inset\\((50|100)%)");

  /** Nobody writes a longer one by hand, and what it hides would take long to find out. */
  private static final int LONGEST_STYLE = 4000;

  private final StringBuilder text = new StringBuilder();
  private final int maxChars;
  private int preformatted;

  private PageText(int maxChars) {
    this.maxChars = maxChars;
  }

  /** At most a little more than {@code maxChars}; whoever shows it cuts and says so. */
  static String of(Document page, int maxChars) {
    PageText reader = new PageText(maxChars);
    page.body().filter(reader);
    return tidy(reader.text.toString());
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (text.length() > maxChars) {
      return FilterResult.STOP;
    }
    switch (node) {
      case CDataNode _ -> {
        return FilterResult.SKIP_ENTIRELY;
      }
      case TextNode words -> text.append(preformatted > 0 ? words.getWholeText() : flow(words));
      case Element element -> {
        if (hidden(element)) {
          return FilterResult.SKIP_ENTIRELY;
        }
        open(element);
      }
      default -> {
        return FilterResult.SKIP_ENTIRELY; // comments, doctypes, data
      }
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element && !hidden(element)) {
      close(element);
    }
    return FilterResult.CONTINUE;
  }

  private void open(Element element) {
    String name = element.normalName();
    switch (name) {
      case "br" -> text.append('\n');
      case "li" -> text.append("\n- ");
      case "pre" -> {
        preformatted++;
        text.append("\n\n```\n");
      }
      case "td", "th" -> text.append(" | ");
      case "h1", "h2", "h3", "h4", "h5", "h6" ->
          text.append("\n\n").append("#".repeat(name.charAt(1) - '0')).append(' ');
      case "img" -> {
        if (!element.attr("alt").isBlank()) {
          text.append("[image: ").append(element.attr("alt").strip()).append(']');
        }
      }
      default -> {
        if (element.isBlock()) {
          text.append('\n');
        }
      }
    }
  }

  private void close(Element element) {
    switch (element.normalName()) {
      case "pre" -> {
        preformatted--;
        text.append("\n```\n");
      }
      case "a" -> {
        String target = element.absUrl("href");
        if (preformatted == 0 && target.startsWith("http") && target.length() <= 300) {
          text.append(" <").append(target).append('>');
        }
      }
      case "li", "td", "th" -> {
        // the next one begins on a line, or in a column, of its own
      }
      case "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol" -> text.append("\n\n");
      default -> {
        if (element.isBlock()) {
          text.append('\n');
        }
      }
    }
  }

  private String flow(TextNode words) {
    String flat = words.text();
    boolean atStart = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
    return atStart ? flat.stripLeading() : flat;
  }

  private static boolean hidden(Element element) {
    if (DROPPED.contains(element.normalName())
        || element.hasAttr("hidden")
        || element.attr("aria-hidden").strip().equalsIgnoreCase("true")) {
      return true;
    }
    String style = element.attr("style");
    return !style.isEmpty()
        && (style.length() > LONGEST_STYLE
            || HIDDEN_STYLE.matcher(plain(style.toLowerCase(Locale.ROOT))).find());
  }

  /**
   * Without comments and white space. Not a regular expression: pages can make those take hours.
   */
  private static String plain(String style) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < style.length(); i++) {
      int end = style.startsWith("/*", i) ? style.indexOf("*/", i + 2) : -1;
      if (end >= 0) {
        i = end + 1;
      } else if (!Character.isWhitespace(style.charAt(i))) {
        plain.append(style.charAt(i));
      }
    }
    return plain.toString();
  }

  /** Without what has no width on a screen but is read by a model, and without empty stretches. */
  static String tidy(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          int type = Character.getType(c);
          boolean invisible =
              type == Character.FORMAT
                  || type == Character.PRIVATE_USE
                  || type == Character.SURROGATE
                  || (type == Character.CONTROL && c != '\n' && c != '\t')
                  || (c >= 0xFE00 && c <= 0xFE0F)
                  || (c >= 0xE0100 && c <= 0xE01EF);
          if (!invisible) {
            visible.appendCodePoint(c);
          }
        });
    return visible
        .toString()
        // without the look-behind each blank of a long row would be tried anew
        .replaceAll("(?<![ \\t\\x{a0}])[ \\t\\x{a0}]++\\n", "\n")
        .replaceAll("\\n{3,}", "\n\n")
        .strip();
  }
}
