package dev.winnow.app;

import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The events of a small run. */
final class Events {

  static final UUID RUN = UUID.fromString("01900000-0000-7000-8000-000000000001");
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Events() {}

  static List<RecordedEvent> recorded(RunEvent... events) {
    List<RecordedEvent> recorded = new ArrayList<>();
    for (RunEvent event : events) {
      int sequence = recorded.size() + 1;
      recorded.add(new RecordedEvent(RUN, sequence, START.plusSeconds(sequence), event));
    }
    return recorded;
  }

  static List<RecordedEvent> ofARun() {
    return recorded(
        new RunEvent.RunCreated(
            "Add discounts\nmore",
            "/r",
            "0123456789abcdef",
            List.of("scripted:/s/right.json"),
            "bubblewrap"),
        new RunEvent.PhaseStarted("prepare"),
        new RunEvent.BaseTested("maven", "pom.xml", 10, List.of("A#b")),
        new RunEvent.PhaseStarted("candidates"),
        new RunEvent.CandidateStarted("c1", "scripted:/s/right.json"),
        new RunEvent.ModelText("c1", "red", 1, "tests \u001b[2Jfirst"),
        new RunEvent.ToolCalled("c1", "red", 1, "call-1", "fs_write_file", "AppTest.java"),
        new RunEvent.ToolReturned("c1", "call-1", "fs_write_file", true, "written", 3),
        new RunEvent.SnapshotTaken("c1", "red", 1, "aaaa", 1),
        new RunEvent.RedChecked("c1", 1, true, "3 assertions fail"),
        new RunEvent.GreenChecked("c1", 0, true, 13, 0, ""),
        new RunEvent.CandidateFinished("c1", "ready", ""),
        new RunEvent.PhaseStarted("evidence"),
        new RunEvent.CellFinished("tester", "c1", "assertion", "x \u202eevil", 9, 1),
        new RunEvent.TamperFound("c1", "special-cased", false, "constant 42"),
        new RunEvent.Decided("c1", "tests", "passes more", "high"),
        new RunEvent.Delivered("winnow/x", "fedcba9876543210"),
        new RunEvent.RunFinished("accepted", "", Map.of("type", "result", "outcome", "accepted")));
  }
}
