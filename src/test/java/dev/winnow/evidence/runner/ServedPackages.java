package dev.winnow.evidence.runner;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** One small library each, as a Go module and as a crate, from where those tools download. */
final class ServedPackages {

  static final String GO_MODULE = "module example.com/dep\n\ngo 1.19\n";

  private static final String PREFIX = "example.com/dep@v1.0.0/";

  private ServedPackages() {}

  /**
   * Makes a directory that GOPROXY can name.
   *
   * @return the lines of go.sum
   */
  static String goProxy(Path proxy) throws IOException {
    Map<String, String> files =
        new TreeMap<>(
            Map.of(
                PREFIX + "go.mod",
                GO_MODULE,
                PREFIX + "dep.go",
                "package dep\n\nfunc Twice(n int) int { return 2 * n }\n"));
    Path versions = Files.createDirectories(proxy.resolve("example.com/dep/@v"));
    Files.writeString(versions.resolve("list"), "v1.0.0\n");
    Files.writeString(
        versions.resolve("v1.0.0.info"),
        "{\"Version\":\"v1.0.0\",\"Time\":\"2024-01-01T00:00:00Z\"}");
    Files.writeString(versions.resolve("v1.0.0.mod"), GO_MODULE);
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    StringBuilder sums = new StringBuilder();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(content);
        sums.append(hex(content)).append("  ").append(file.getKey()).append('\n');
      }
    }
    Files.write(versions.resolve("v1.0.0.zip"), zip.toByteArray());
    String mod = hex(GO_MODULE.getBytes(StandardCharsets.UTF_8)) + "  go.mod\n";
    return "example.com/dep v1.0.0 h1:%s\nexample.com/dep v1.0.0/go.mod h1:%s\n"
        .formatted(base64(sums.toString()), base64(mod));
  }

  /**
   * Makes a registry of crates that a directory can be.
   *
   * @return checksum of the crate
   */
  static String crates(Path registry) throws IOException, InterruptedException {
    Path crate = Files.createDirectories(registry.resolve("dep-1.0.0"));
    Files.writeString(
        Files.createDirectory(crate.resolve("src")).resolve("lib.rs"),
        "pub fn twice(n: i32) -> i32 { 2 * n }\n");
    Files.writeString(
        crate.resolve("Cargo.toml"),
        "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    int exit =
        new ProcessBuilder("tar", "-czf", "dep-1.0.0.crate", "--remove-files", "dep-1.0.0")
            .directory(registry.toFile())
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IllegalStateException("tar failed");
    }
    String checksum = hex(Files.readAllBytes(registry.resolve("dep-1.0.0.crate")));
    Files.writeString(
        Files.createDirectories(registry.resolve("index/3/d")).resolve("dep"),
        "{\"name\":\"dep\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"%s\",\"features\":{},\"yanked\":false}\n"
            .formatted(checksum));
    return checksum;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(sha256(bytes(text)));
  }

  private static String hex(byte[] content) {
    return HexFormat.of().formatHex(sha256(content));
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
