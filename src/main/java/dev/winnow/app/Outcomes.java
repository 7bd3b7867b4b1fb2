package dev.winnow.app;

/** Exit codes of the outcomes of a run. */
final class Outcomes {

  private Outcomes() {}

  static int exitCode(String outcome) {
    return switch (outcome) {
      case "accepted" -> 0;
      case "none" -> 1;
      case "budget" -> 3;
      case "abstained" -> 4;
      case "cancelled" -> ReportFailure.INTERRUPTED;
      default -> 5;
    };
  }
}
