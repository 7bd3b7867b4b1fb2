package dev.winnow.evidence;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Optional;

/** Recognises failures that say "this API does not exist here". */
final class MissingSymbol {

  private static final Pattern AT_RUN_TIME =
      Pattern.compile(
          "AttributeError:[^\\n]*has no attribute '(\\w+)'"
              + "|ImportError: cannot import name '(\\w+)'"
              + "|ModuleNotFoundError: No module named '([\\w.]+)'"
              + "|NameError: name '(\\w+)' is not defined"
              + "|TypeError:[^\\n]*unexpected keyword argument '(\\w+)'"
              + "|TypeError: (?:[\\w$.]+\\.)?([\\w$]+) is not a (?:function|constructor)"
              + "|ReferenceError: ([\\w$]+) is not defined"
              + "|does not provide an export named '([\\w$]+)'"
              + "|Cannot find module '([^']+)'");

  private static final Pattern AT_COMPILE_TIME =
      Pattern.compile(
          "cannot find symbol|package [\\w.]+ does not exist|cannot be applied to|incompatible types"
              + "|has private access|is not public|is not abstract and does not override|constructor .* cannot be"
              + "|no suitable (?:method|constructor)|is abstract; cannot be instantiated|unreported exception"
              + "|Unresolved reference|Too many arguments for|No value passed for parameter|no parameter with name"
              + "|undefined: \\w|has no field or method|not enough arguments in call|too many arguments in call"
              + "|unknown field|cannot use .* as|assignment mismatch"
              + "|cannot find (?:function|value|type|struct|macro|crate|module|method)|unresolved import"
              + "|no (?:method|function or associated item|variant or associated item|field|variant) (?:named|found)"
              + "|mismatched types|this (?:function|method) takes|failed to resolve|is private|no required module provides");

  private MissingSymbol() {}

  /** The name that is missing by the message of one test, or of a file that does not load. */
  static Optional<String> name(String message) {
    Matcher found = AT_RUN_TIME.matcher(message);
    if (!found.find()) {
      return Optional.empty();
    }
    for (int group = 1; group <= found.groupCount(); group++) {
      String name = found.group(group);
      if (name != null) {
        return Optional.of(name.substring(name.lastIndexOf('.') + 1));
      }
    }
    return Optional.empty();
  }

  /** Whether a build or load failure is about an API that is not there, or is another one. */
  static boolean explains(String output) {
    return AT_COMPILE_TIME.matcher(output).find() || AT_RUN_TIME.matcher(output).find();
  }
}
