package dev.winnow.workspace;

import com.google.re2j.Pattern;
import dev.winnow.workspace.WorkspaceFiles.Refused;

/** Turns {@code src/**}{@code /*.{java,kt}} into a regular expression. */
final class FileGlob {

  private static final int LONGEST = 1000;

  private FileGlob() {}

  static String regex(String glob) throws Refused {
    if (glob.length() > LONGEST) {
      throw new Refused("the glob is too long");
    }
    StringBuilder regex = new StringBuilder();
    int open = 0;
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        regex.append("(?:.*/)?");
        i += 2;
      } else if (glob.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '{' && glob.indexOf('}', i) > 0) {
        regex.append("(?:");
        open++;
      } else if (c == '}' && open > 0) {
        regex.append(')');
        open--;
      } else if (c == ',' && open > 0) {
        regex.append('|');
      } else {
        regex.append(Pattern.quote(glob.substring(i, i + 1)));
      }
    }
    return regex.append(")".repeat(open)).toString();
  }
}
