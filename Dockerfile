# Winnow as a server: docker build -t winnow . ; see compose.yaml and docs/server.md
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY src ./src
COPY winnow ./
# formatting and tests are for whoever changes Winnow
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -q -DskipTests -Dmaven.test.skip=true -Dunchecked -P '!format' package

FROM eclipse-temurin:25-jdk
# git holds the repositories, bubblewrap is the sandbox; add the tools that your repositories' tests need.
# Settings are mounted into .config: made by Docker it would be root's, and agents' programs could not write beside them
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends bubblewrap git maven nodejs npm python3 python3-pytest python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 60800 --create-home --home-dir /var/lib/winnow winnow \
 && install --directory --owner=winnow --group=winnow /var/lib/winnow/.config /var/lib/winnow/.config/winnow
# as in a checkout, so that the launcher finds them: it knows what the JVM needs for which command
COPY --from=build /src/winnow /opt/winnow/winnow
COPY --from=build /src/target/winnow.jar /opt/winnow/target/winnow.jar
COPY --from=build /src/target/lib /opt/winnow/target/lib
# makes the caches of classes, by a small run; without them Winnow only starts slower
RUN /opt/winnow/winnow --version
ENV WINNOW_DATA_DIR=/var/lib/winnow/data
USER winnow
WORKDIR /var/lib/winnow
VOLUME /var/lib/winnow
# by itself it listens on the container's own 127.0.0.1: others need TLS and users, see compose.yaml
EXPOSE 8080
STOPSIGNAL SIGTERM
# a JVM each time: seldom, and with patience
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-Xmx32m", "-cp", "/opt/winnow/target/winnow.jar", "dev.winnow.app.AskHealth", "http://127.0.0.1:8080/healthz"]
# exec form, and the launcher becomes the JVM: the process gets SIGTERM itself, and gives its runs back.
# Orphans of agents and tests have nobody else to reap them: docker run --init
ENTRYPOINT ["/opt/winnow/winnow"]
CMD ["serve"]
