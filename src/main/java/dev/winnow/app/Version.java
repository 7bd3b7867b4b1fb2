package dev.winnow.app;

import org.jspecify.annotations.Nullable;

/** What {@code winnow --version} says. */
final class Version {

  private Version() {}

  static String number() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  static String line() {
    return "winnow " + number();
  }
}
