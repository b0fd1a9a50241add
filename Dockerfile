# Inzwa in a container: docs/deployment.md has the commands. Each step is a script in deploy/container, because a test runs
# this file, step by step, in Debian root file systems (make test-container). It reads no more of the language than is
# used here: FROM, ARG, ENV, COPY, RUN with one script, and what only describes the image.

FROM debian:12-slim AS build
COPY deploy/container /opt/steps
RUN /opt/steps/build-packages.sh
WORKDIR /build
COPY requirements.txt constraints.txt ./
RUN /opt/steps/install.sh
WORKDIR /app
COPY app.py ./
COPY inzwa ./inzwa
COPY assets ./assets
RUN /opt/steps/prune.sh

# --build-arg BAKE_MODELS=true: the small models come with the image, 300 MB. Else the first start fetches them.
FROM build AS models
ARG BAKE_MODELS=false
RUN /opt/steps/bake-models.sh

FROM debian:12-slim AS final
COPY deploy/container /opt/steps
RUN /opt/steps/runtime-packages.sh
COPY --from=build /opt/inzwa /opt/inzwa
COPY --from=build /app /app
COPY --from=models --chown=10001:10001 /models /models
ENV PATH=/opt/inzwa/bin:/usr/local/bin:/usr/bin:/bin HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV INZWA_HOST=0.0.0.0 INZWA_DATA=/data INZWA_CACHE=/models HF_HOME=/models/huggingface
WORKDIR /app
USER 10001:10001
VOLUME /data
VOLUME /models
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s CMD ["python", "/opt/steps/healthcheck.py"]
CMD ["python", "app.py"]
