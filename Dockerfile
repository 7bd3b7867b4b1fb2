# Winnow as a server: docker build -t winnow . ; see compose.yaml and docs/server.md
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY src ./src
COPY winnow ./
# formatting and tests are for whoever changes Winnow
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -q -DskipTests -Dmaven.test.skip=true -Dunchecked -P '!format' package

FROM eclipse-temurin:25-jdk
# git holds the repositories, bubblewrap is the sandbox; add the tools that your repositories' tests need
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends bubblewrap git maven nodejs npm python3 python3-pytest python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 60800 --create-home --home-dir /var/lib/winnow winnow
COPY --from=build /src/target/winnow.jar /opt/winnow/winnow.jar
COPY --from=build /src/target/lib /opt/winnow/lib
ENV WINNOW_DATA_DIR=/var/lib/winnow/data
USER winnow
WORKDIR /var/lib/winnow
VOLUME /var/lib/winnow
# by itself it listens on the container's own 127.0.0.1: others need TLS and users, see compose.yaml
EXPOSE 8080
STOPSIGNAL SIGTERM
# a JVM each time: seldom, and with patience
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-Xmx32m", "-cp", "/opt/winnow/winnow.jar", "dev.winnow.app.AskHealth", "http://127.0.0.1:8080/healthz"]
# exec form: the process gets SIGTERM itself, and gives its runs back
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-XX:MaxRAMPercentage=25", "-cp", "/opt/winnow/winnow.jar:/opt/winnow/lib/quick/*:/opt/winnow/lib/more/*", "dev.winnow.app.Main"]
CMD ["serve"]
