"""Debian root file systems from debootstrap, and programs that run inside one. Needs root; knows no Dockerfile.

Each program gets a mount namespace and a process namespace of its own, so that no mount outlives it and no process.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUITE: Final = "bookworm"
MIRROR: Final = os.environ.get("CONTAINER_TEST_MIRROR", "http://deb.debian.org/debian")
SECURITY: Final = os.environ.get("CONTAINER_TEST_SECURITY_MIRROR", "http://deb.debian.org/debian-security")
PIP_CACHE: Final = os.environ.get("CONTAINER_TEST_PIP_CACHE", "")
"""A folder that pip keeps what it downloads and builds in, so that another run is quicker."""

NAMESPACES: Final = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")

_BUILD: Final = """
set -eu
root=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mkdir "$root/run/host" "$root/run/host/pip"
for each in /etc/ssl/certs/ca-certificates.crt /etc/pip.conf; do
    [ ! -e "$each" ] || cp "$each" "$root/run/host/"
done
[ -z "$PIP_CACHE" ] || mount --bind "$PIP_CACHE" "$root/run/host/pip"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
exec chroot "$root" env -i "$@"
"""
"""What a builder does before a RUN: processes, scratch space, name service; and this machine's way to the indexes."""

_SERVE: Final = """
set -eu
root=$1 models=$2; shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777,size=256m tmpfs "$root/tmp"
mount --bind "$models" "$root/models"
mount -t tmpfs -o uid=10001,gid=10001,mode=700,size=64m tmpfs "$root/data"
mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"
"""
"""What `docker run --read-only --tmpfs /tmp -v models:/models -v data:/data` does."""


def bootstrap(folder: Path) -> None:
    """A minimal Debian 12 with its updates' sources, as debian:12-slim is one."""
    subprocess.run(["debootstrap", "--variant=minbase", SUITE, folder, MIRROR], check=True, stdout=subprocess.DEVNULL)
    lines = [f"deb {MIRROR} {SUITE} main", f"deb {MIRROR} {SUITE}-updates main"]
    lines.append(f"deb {SECURITY} {SUITE}-security main")
    (folder / "etc/apt/sources.list").write_text("\n".join(lines) + "\n")
    (folder / "etc/resolv.conf").write_text("")  # of the machine that built it; a container is given its own


def copy(source: Path, target: Path) -> None:
    """The whole root again, owners and modes included."""
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)


@dataclass(frozen=True, slots=True)
class Root:
    """One root file system."""

    path: Path

    def at(self, inside: str) -> Path:
        """Where a path of the inside lies."""
        return self.path / inside.lstrip("/")

    def build(self, command: str, environ: Mapping[str, str], folder: str) -> None:
        """Run a build step as root, as RUN does. CalledProcessError when it fails."""
        given = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **_indexes(), **environ}
        words = [f"{name}={value}" for name, value in given.items()]
        inside = ["sh", "-c", f"cd {folder} && exec {command}"]
        subprocess.run(
            [*NAMESPACES, "sh", "-c", _BUILD, "sh", str(self.path), *words, *inside],
            check=True,
            env={**os.environ, "PIP_CACHE": PIP_CACHE},
            stdin=subprocess.DEVNULL,
        )

    def start(
        self, command: Sequence[str], environ: Mapping[str, str], user: str, folder: str, models: Path, log: Path
    ) -> subprocess.Popen[bytes]:
        """Start a program as the image's user, without any right of root's, on a read-only root.

        It is the first process of its namespace, as in a container: a signal that it does not handle is none to it.
        """
        uid, _, gid = user.partition(":")
        rights = ["--no-new-privs", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
        words = [f"{name}={value}" for name, value in environ.items()]
        inside = ["sh", "-c", 'cd "$0" && exec "$@"', folder, *command]
        as_user = ["setpriv", f"--reuid={uid}", f"--regid={gid}", *rights, "env", "-i", *words, *inside]
        with log.open("ab") as output:
            return subprocess.Popen(
                [*NAMESPACES, "sh", "-c", _SERVE, "sh", str(self.path), str(models), *as_user],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


def first_process(program: subprocess.Popen[bytes]) -> int:
    """The number, seen from outside, of what runs in the namespace."""
    return int(Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()[0])


def missing() -> list[str]:
    """What this machine lacks for all that."""
    found = [name for name in ("debootstrap", "unshare", "chroot") if shutil.which(name) is None]
    return found if os.geteuid() == 0 else [*found, "root's rights"]


def _indexes() -> dict[str, str]:
    """This machine's way to the package indexes: proxies, pip's settings, certificates. Local folders are left out."""
    names = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    found = {name: os.environ[name] for name in names if name in os.environ}
    given = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    found |= {name: value for name, value in given.items() if not value.startswith(("/", "file:"))}
    if Path("/etc/pip.conf").exists():
        found["PIP_CONFIG_FILE"] = "/run/host/pip.conf"
    if CERTIFICATES.exists():
        found |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), f"/run/host/{CERTIFICATES.name}")
    return found | {"PIP_CACHE_DIR": "/run/host/pip", "PIP_ROOT_USER_ACTION": "ignore"}
