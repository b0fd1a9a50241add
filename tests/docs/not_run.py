"""Commands of the documents that no test of the documents runs: why, and what covers each instead."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NotRun:
    """Commands, each on one line as documents.commands() gives it."""

    why: str
    covered_by: str
    """The file that runs the same, or holds what can be held of it."""
    commands: tuple[str, ...]


NOT_RUN: Final = (
    NotRun("serves until it is stopped", "tests/test_start.py", ("make run",)),
    NotRun(
        "sends what is said to another server",
        "tests/engines/llm/test_openai_process.py",
        ("INZWA_LLM_ENGINE=openai INZWA_OPENAI_BASE_URL=http://10.0.0.7:8000/v1 INZWA_OPENAI_API_KEY=... make run",),
    ),
    NotRun(
        "installs into .venv, fetches, or runs the tests that this one is among",
        ".ci/run",
        (
            "make setup",
            "make models",
            "make setup-eval",
            "make test",
            'make test PYTEST_ARGS="-k silero"',
            "make check",
        ),
    ),
    NotRun(
        "takes an environment of its own, an emulator or root, and minutes",
        ".ci/run",
        (
            "make test-convert",
            "make test-export",
            "make test-processors",
            "make test-container",
            "CONTAINER_TEST_PIP_CACHE=/var/tmp/pip make test-container",
            "CONTAINER_TEST_KEEP=/var/tmp/image make test-container",
        ),
    ),
    NotRun(
        "installs into .venv",
        "release/resolving.py",
        (
            ".venv/bin/pip install -r requirements-mlflow.txt",
            ".venv/bin/pip install -r requirements-whisper-cpp.txt",
            ".venv/bin/pip install -r requirements-signing.txt",
            ".venv/bin/pip install -r requirements-postgres.txt",
        ),
    ),
    NotRun(
        "needs torch, 8 GB, and a trained voice",
        "tests/export/test_coqui_proof.py",
        (
            "python3 -m venv .venv-export && .venv-export/bin/pip install -r requirements-export.txt",
            ".venv-export/bin/python -m inzwa models export-coqui best_model.pth config.json -o rudo",
        ),
    ),
    NotRun(
        "asks the Hugging Face Hub",
        "tests/models/sources/hub/test_source.py",
        (".venv/bin/python -m inzwa models pull", ".venv/bin/python -m inzwa models update whisper-small-shona"),
    ),
    NotRun(
        "fetches 250 MB of another model",
        "tests/server/test_engine_lifecycle_real.py",
        (
            (
                'curl -sf -X POST localhost:7860/v1/admin/warmup -H "Authorization: Bearer $INZWA_ADMIN_TOKEN" '
                '-H \'Content-Type: application/json\' -d \'{"stage": "llm", "model": "gemma3-270m"}\''
            ),
        ),
    ),
    NotRun(
        "reads what people gave to whoever runs it",
        "tests/evaluation/test_feedback.py",
        (
            ".venv/bin/python -m inzwa feedback report -o out/report.html",
            ".venv/bin/python -m inzwa feedback export -o out/feedback",
            ".venv/bin/python -m inzwa eval asr --feedback",
        ),
    ),
    NotRun(
        "adds clips that an organiser has",
        "tests/cli/test_feedback_items.py",
        (".venv/bin/python -m inzwa feedback add-items items.jsonl",),
    ),
    NotRun(
        "measures for minutes",
        "tests/benchmarks/test_figures.py",
        (
            "make bench",
            "make bench-all",
            "make bench-peers",
            ".venv/bin/python -m benchmarks.latency --turns 24 --hands-free-turns 12",
            ".venv/bin/python -m benchmarks.latency --at-once --turns 210 --hands-free-turns 0",
            ".venv/bin/python -m benchmarks.sessions --levels 10 --seconds 60",
            ".venv/bin/python -m benchmarks.start",
            ".venv/bin/python -m benchmarks.slow_line",
            ".venv/bin/python -m benchmarks.asr_window --sentences 8",
            ".venv/bin/python -m benchmarks.voice_chunks",
            ".venv/bin/python -m benchmarks.voice_level",
            ".venv/bin/python -m benchmarks.voice_cer",
            ".venv/bin/python -m benchmarks.silence",
            ".venv/bin/python -m benchmarks.shona_text",
            ".venv/bin/python -m benchmarks.convert_whisper",
        ),
    ),
    NotRun(
        "trains for hours in an environment of its own",
        "tests/training/test_training.py",
        (
            "make train-llm",
            ".venv-train/bin/python -m training.llm.export",
            "INZWA_LLM_LORA=$PWD/out/train-llm/shona.gguf make run",
        ),
    ),
    NotRun("writes to .git", ".pre-commit-config.yaml", (".venv/bin/pre-commit install",)),
    NotRun(
        "writes to the repository",
        "tests/docs/test_documents.py",
        (".venv/bin/python -m tests.docs.generated",),
    ),
    NotRun(
        "describes every package and model of this machine or of an image",
        "tests/sbom/test_document.py",
        ("make sbom", "make sbom ROOTFS=rootfs"),
    ),
    NotRun(
        "builds packages of the last commit in an environment of its own",
        ".ci/run",
        ("make release RELEASE_KEY=inzwa.key", ".venv/bin/python -m release verify --keys inzwa.key.pub"),
    ),
    NotRun(
        "needs an account on the Hugging Face Hub",
        "tests/space/test_space.py",
        (
            ".venv/bin/hf repos create you/inzwa --type space --sdk gradio --flavor cpu-basic",
            'copy=$(mktemp -d) && git archive HEAD | tar -x -C "$copy"',
            '.venv/bin/hf upload you/inzwa "$copy" . --type space',
            ".venv/bin/hf spaces secrets add you/inzwa -s INZWA_ACCESS_TOKEN -s INZWA_ADMIN_TOKEN -s HF_TOKEN",
            ".venv/bin/hf spaces variables add you/inzwa -e INZWA_MAX_SESSIONS=4",
            ".venv/bin/hf spaces volumes set you/inzwa -v hf://buckets/you/inzwa-models:/data",
            "curl -s https://you-inzwa.hf.space/healthz",
            "curl -s https://you-inzwa.hf.space/readyz",
            ".venv/bin/hf spaces logs you/inzwa",
        ),
    ),
    NotRun(
        "copies what a service has kept",
        "tests/feedback/store/test_store.py",
        (
            "sqlite3 /var/lib/inzwa/data/feedback.sqlite3 \".backup '/srv/backup/feedback.sqlite3'\"",
            "rsync -a /var/lib/inzwa/data/recordings /srv/backup/",
            "pg_dump --format=custom --file=/srv/backup/inzwa.dump inzwa",
        ),
    ),
    NotRun(
        "needs a container engine",
        "tests/container/test_container.py",
        (
            "docker build -t inzwa:0.1.0 .",
            "docker build -t inzwa:0.1.0 --build-arg BAKE_MODELS=true .",
            (
                "docker run --rm --read-only --tmpfs /tmp:mode=1777,size=256m --cap-drop ALL "
                "--security-opt no-new-privileges -v inzwa-data:/data "
                "-v inzwa-models:/models -p 127.0.0.1:7860:7860 inzwa:0.1.0"
            ),
            'mkdir rootfs && docker export "$(docker create inzwa:0.1.0)" | tar -x -C rootfs',
        ),
    ),
    NotRun(
        "needs a container engine",
        "tests/deploy/test_compose.py",
        (
            "docker compose up",
            "INZWA_METRICS_TOKEN=$(openssl rand -hex 16) docker compose --profile monitoring up",
        ),
    ),
    NotRun(
        "installs a service, as root",
        "tests/deploy/test_service.py",
        (
            "git clone . /opt/inzwa && make -C /opt/inzwa setup",
            "install -d -m 700 /etc/inzwa",
            "install -m 600 /dev/null /etc/inzwa/environment",
            "install -m 644 /opt/inzwa/deploy/inzwa.service /etc/systemd/system/",
            "systemctl daemon-reload && systemctl enable --now inzwa",
        ),
    ),
    NotRun(
        "writes to, or reads, a dataset on the Hugging Face Hub",
        "tests/feedback/publish/test_kill.py",
        (
            ".venv/bin/python -m inzwa feedback push org/name",
            ".venv/bin/python -m inzwa feedback restore org/name",
        ),
    ),
    NotRun(
        "needs the code of somebody who gave something",
        "tests/cli/test_feedback.py",
        (".venv/bin/python -m inzwa feedback withdraw 23456-789AB-CDEFG-HJKMN-PQRST",),
    ),
)
