# connlint checks what is mounted at /work:
#
#   docker run --rm -v "$PWD:/work:ro" ghcr.io/connlint/connlint

FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo install --locked --path . --root /out

FROM debian:bookworm-slim
# git tells what has changed, for --since.
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
# What is mounted belongs to somebody else, which git would refuse.
RUN git config --system --add safe.directory '*'
COPY --from=build /out/bin/connlint /out/bin/cargo-connlint /usr/local/bin/
USER nobody
WORKDIR /work
ENTRYPOINT ["connlint"]
CMD ["check"]
