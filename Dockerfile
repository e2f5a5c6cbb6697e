FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libncurses-dev libsqlite3-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN swift build -c release --product data-connector --static-swift-stdlib \
    && install -D -s "$(swift build -c release --show-bin-path)/data-connector" /out/data-connector

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libncursesw6 libsqlite3-0 ncurses-base tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 connector \
    && useradd --uid 10001 --gid connector --no-log-init --shell /usr/sbin/nologin \
        --home-dir /var/lib/data-connector --create-home connector \
    && install -d -o connector -g connector -m 0700 /recover_dir /var/lib/data-connector
COPY --from=build /out/data-connector /usr/local/bin/data-connector
USER connector
WORKDIR /var/lib/data-connector
# LISTEN_TOKEN (at least 16 characters) or LISTEN_INSECURE=1 is needed as well, and API_URL and PROJECT_KEY.
ENV LISTEN=0.0.0.0:5000 \
    STATE_DIR=/var/lib/data-connector \
    FAILED_RECORDS_DIRPATH=/recover_dir \
    LOGLEVEL=WARNING
VOLUME ["/recover_dir", "/var/lib/data-connector"]
EXPOSE 5000
# The service answers at /health without a token; bash speaks enough HTTP to ask.
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${LISTEN##*:} && printf 'GET /health HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 line <&3 && [[ $line == 'HTTP/1.1 200 '* ]]"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["data-connector"]
CMD ["--headless"]
