package dev.winnow.spec;

import java.util.regex.Pattern;

/**
 * One behaviour that can be observed from outside.
 *
 * @param id {@code AC-1}, {@code AC-2}, ...
 */
public record Criterion(String id, String text) {

  public static final Pattern ID = Pattern.compile("AC-[1-9][0-9]{0,3}");
}
