package dev.winnow.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Locale;

/**
 * This JVM, by OpenTelemetry's names, and what back ends did not take. Where such a name ends in
 * {@code count} another one is used: in Prometheus that is the end of a histogram's name.
 */
final class ObserveProcess {

  private static final AttributeKey<String> MEMORY = AttributeKey.stringKey("jvm.memory.type");
  private static final AttributeKey<String> POOL = AttributeKey.stringKey("jvm.memory.pool.name");
  private static final AttributeKey<String> COLLECTOR = AttributeKey.stringKey("jvm.gc.name");
  private static final AttributeKey<String> BACKEND = AttributeKey.stringKey("backend");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  private ObserveProcess() {}

  static void start(Meter meter, List<Backend> backends) {
    var _ =
        meter
            .counterBuilder("winnow.telemetry.dropped")
            .setUnit("{item}")
            .setDescription("Spans and metrics that a back end did not take.")
            .buildWithCallback(out -> {
              for (Backend backend : backends) {
                for (Backend.Loss loss : Backend.Loss.values()) {
                  String reason = loss.name().toLowerCase(Locale.ROOT);
                  out.record(
                      backend.lost(loss), Attributes.of(BACKEND, backend.name(), REASON, reason));
                }
              }
            });
    var _ =
        meter
            .upDownCounterBuilder("jvm.memory.used")
            .setUnit("By")
            .setDescription("Measure of memory used.")
            .buildWithCallback(out -> {
              for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
                MemoryUsage usage = pool.getUsage();
                if (usage != null) {
                  String type =
                      pool.getType() == java.lang.management.MemoryType.HEAP ? "heap" : "non_heap";
                  out.record(usage.getUsed(), Attributes.of(MEMORY, type, POOL, pool.getName()));
                }
              }
            });
    var _ =
        meter
            .upDownCounterBuilder("jvm.threads")
            .setUnit("{thread}")
            .setDescription("Number of executing platform threads.")
            .buildWithCallback(
                out -> out.record(ManagementFactory.getThreadMXBean().getThreadCount()));
    var _ =
        meter
            .counterBuilder("jvm.cpu.time")
            .ofDoubles()
            .setUnit("s")
            .setDescription("CPU time used by the process as reported by the JVM.")
            .buildWithCallback(out -> {
              if (ManagementFactory.getOperatingSystemMXBean()
                  instanceof com.sun.management.OperatingSystemMXBean system) {
                out.record(system.getProcessCpuTime() / 1e9);
              }
            });
    var _ =
        meter
            .counterBuilder("jvm.gc.time")
            .ofDoubles()
            .setUnit("s")
            .setDescription("Time spent in garbage collections.")
            .buildWithCallback(out -> {
              for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
                out.record(gc.getCollectionTime() / 1e3, Attributes.of(COLLECTOR, gc.getName()));
              }
            });
  }
}
