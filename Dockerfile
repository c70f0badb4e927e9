# One image per service: docker build --build-arg SERVICE=intake -t hotline12345/intake:0.1.0 .
# SERVICE: intake, classifier, dispatcher, sla-monitor, revisit, reporting; cli is the `hotline` command itself.
# A city with mirrors of its own gives PYTHON_IMAGE and INDEX_URL; the hashes of uv.lock are checked there too.

ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS tree
ARG INDEX_URL=https://pypi.org/simple
ARG UV_VERSION=0.13.9
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --index-url "${INDEX_URL}" "uv==${UV_VERSION}"
WORKDIR /source
COPY . .
ARG SERVICE
RUN --mount=type=cache,target=/root/.cache/uv UV_LINK_MODE=copy deploy/image/build-tree.sh "${SERVICE}" /app

FROM ${PYTHON_IMAGE}
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="12345 hotline: ${SERVICE}" \
      org.opencontainers.image.description="A service of the open 12345 citizen hotline platform" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
# DATA_DIR is the only folder that is ever written (keys, the development issuer); with KEY_FILE and AUTH_JWKS_* set,
# nothing is. The root filesystem may be read-only.
RUN install -d -o 10001 -g 10001 -m 0750 /var/lib/hotline
COPY --from=tree /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080 \
    DATA_DIR=/var/lib/hotline
WORKDIR /var/lib/hotline
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/bin/service"]
