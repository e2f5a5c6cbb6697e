# The package, made and tried as CI does, without the bare tree. With TRAITS=PostgreSQL its nodes can share a journal.
FROM swift:6.3-bookworm AS build
ARG TRAITS
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        debhelper dpkg-dev libncurses-dev libsqlite3-dev patchelf python3 zlib1g-dev ${TRAITS:+libpq-dev} \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN .ci/package --only-build

FROM debian:bookworm-slim
COPY --from=build /build/.build/package/*.deb /tmp/
RUN apt-get update \
    && apt-get install -y --no-install-recommends /tmp/*.deb \
    && rm -rf /var/lib/apt/lists/* /tmp/*.deb \
    # Any user id may run it: the folders are for all of them, and what the program makes in them is 0600.
    && install -d -m 1777 /recover_dir /var/lib/data-connector
USER 10001:10001
WORKDIR /var/lib/data-connector
# LISTEN_TOKEN (at least 16 characters) or LISTEN_INSECURE=1 is needed as well, and API_URL and PROJECT_KEY.
ENV LISTEN=0.0.0.0:5000 \
    HOME=/var/lib/data-connector \
    STATE_DIR=/var/lib/data-connector \
    FAILED_RECORDS_DIRPATH=/recover_dir \
    LOGLEVEL=WARNING
VOLUME ["/recover_dir", "/var/lib/data-connector"]
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["data-connector", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["data-connector"]
CMD ["--headless"]
