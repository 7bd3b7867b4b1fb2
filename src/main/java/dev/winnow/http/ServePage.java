package dev.winnow.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The page: files of {@code /web} on the class path, compressed once. A path that is no file and no
 * part of the API is the page itself, which finds out from its address what to show.
 */
final class ServePage {

  private static final String ROOT = "/web/";
  private static final int HARDEST = 9;

  /** Libraries of the page stand in jars, as they came from npm. */
  private static final String JARS = "/META-INF/resources/_static/";

  private static final Map<String, String> LIBRARIES =
      Map.of("lib/marked.js", JARS + "marked/16.4.0/lib/marked.esm.js");

  private static final String LIT = JARS + "lit-html/3.3.3/";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html;charset=utf-8"),
          Map.entry("js", "text/javascript;charset=utf-8"),
          Map.entry("mjs", "text/javascript;charset=utf-8"),
          Map.entry("css", "text/css;charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain;charset=utf-8"));

  private static final class Asset {
    private final byte[] plain;
    private final byte @Nullable [] gzip;
    private final String etag;
    private final String type;

    private Asset(byte[] plain, byte @Nullable [] gzip, String type) {
      this.plain = plain;
      this.gzip = gzip;
      this.etag = etag(plain);
      this.type = type;
    }
  }

  private final Map<String, Optional<Asset>> known = new ConcurrentHashMap<>();

  /** Whether there was something to serve. */
  boolean serve(Context context) throws IOException {
    String path = context.req().getRequestURI();
    boolean file = path.matches("/[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\\.[A-Za-z0-9_-]+)+");
    if (path.startsWith("/api/") || (path.contains(".") && !file)) {
      return false;
    }
    // only what exists is remembered: names that clients make up must not fill the memory
    String name = file ? path.substring(1) : "index.html";
    Optional<Asset> asset = known.get(name);
    if (asset == null) {
      asset = read(name);
      if (asset.isPresent()) {
        known.put(name, asset);
      }
    }
    asset.ifPresent(found -> send(context, found));
    return asset.isPresent();
  }

  private static void send(Context context, Asset asset) {
    context.header("Cache-Control", "no-cache");
    context.header("ETag", asset.etag);
    context.header("Vary", "Accept-Encoding");
    if (isKnown(context, asset.etag)) {
      context.status(304);
      return;
    }
    String accepted = context.header("Accept-Encoding");
    byte[] gzip = asset.gzip;
    context.contentType(asset.type);
    if (gzip != null && SendBody.readsGzip(accepted)) {
      context.header("Content-Encoding", "gzip");
      context.result(gzip);
    } else {
      context.result(asset.plain);
    }
  }

  private static Optional<Asset> read(String name) throws IOException {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try (InputStream in = ServePage.class.getResourceAsStream(resource(name))) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] plain = in.readAllBytes();
      boolean text = !type.startsWith("image/png") && !type.startsWith("font/");
      return Optional.of(new Asset(plain, text ? SendBody.gzip(plain, HARDEST) : null, type));
    }
  }

  private static String resource(String name) {
    if (name.startsWith("lib/")) {
      return LIBRARIES.getOrDefault(name, LIT + name.substring("lib/".length()));
    }
    return ROOT + name;
  }

  /** Whether the client has it already; a proxy that packs answers makes their ETags weak. */
  static boolean isKnown(Context context, String etag) {
    String known = context.header("If-None-Match");
    if (known == null) {
      return false;
    }
    for (String one : known.split(",", -1)) {
      String strong = one.strip();
      if (strong.equals("*")
          || etag.equals(strong.startsWith("W/") ? strong.substring(2) : strong)) {
        return true;
      }
    }
    return false;
  }

  /** Tells versions of one answer apart; that is no secret, and SHA-256 costs ten times as much. */
  static String etag(byte[] bytes) {
    CRC32 one = new CRC32();
    one.update(bytes);
    CRC32C other = new CRC32C();
    other.update(bytes);
    return '"' + HexFormat.of().toHexDigits(one.getValue() << 32 | other.getValue()) + '"';
  }
}
