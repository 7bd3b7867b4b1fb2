package dev.winnow.run;

import dev.winnow.agent.AgentLimits;
import dev.winnow.workspace.Limits;
import java.time.Duration;

/**
 * The machine's share of a run.
 *
 * @param parallelism candidates and test runs at work at the same time
 * @param testWall longest test run
 * @param command limits of one command of a candidate
 * @param agent limits of one prompt
 */
public record RunLimits(int parallelism, Duration testWall, Limits command, AgentLimits agent) {}
