package dev.winnow.evidence.tamper;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A pom as {@code path=value} lines; a plugin's path names its artifact. */
final class PomLeaves {

  private static final int MAX_DEPTH = 64;

  private PomLeaves() {}

  /** Empty for what is no XML, or has a document type: Maven cannot build with the first. */
  static Optional<List<String>> of(String xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      List<String> leaves = new ArrayList<>();
      Element root = builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
      collect(root, root.getTagName(), leaves, 0);
      return Optional.of(leaves);
    } catch (SAXException | IOException e) {
      return Optional.empty();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser lacks a security feature", e);
    }
  }

  private static void collect(Element element, String path, List<String> leaves, int depth) {
    boolean leaf = true;
    for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element inner && depth < MAX_DEPTH) {
        leaf = false;
        collect(inner, path + "/" + name(inner), leaves, depth + 1);
      }
    }
    if (leaf) {
      leaves.add(path + "=" + element.getTextContent().strip());
    }
  }

  private static String name(Element element) {
    if (element.getTagName().equals("plugin")) {
      for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
        if (child instanceof Element inner && inner.getTagName().equals("artifactId")) {
          return "plugin[" + inner.getTextContent().strip() + "]";
        }
      }
    }
    return element.getTagName();
  }
}
