"""A bare machine for tests: this one's system without PostgreSQL, Python's venv and anything of ours.

It is an overlay of this machine's files in namespaces of its own (processes, mounts, network, users' names
alike), with a systemd of its own as its first process. There is no network but the loopback.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

_EMPTY = ("home", "media", "mnt", "opt", "root", "srv", "tmp", "usr/local", "var/tmp")
_SYSTEM = {"bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin"}
_SYSTEM |= {"sys", "usr", "var", "lost+found"}
_SPACES = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork")
_START = """
set -e
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$place/root"
cd "$place/root"
mount -t proc proc proc
# Its systemd may set neither the kernel of this machine nor the owners of its devices.
mount --bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
umask 0
for one in null:3 zero:5 full:7 random:8 urandom:9; do mknod dev/${one%:*} c 1 ${one#*:}; done
mknod dev/tty c 5 0
umask 022
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
mkdir -p mnt/usb; mount --bind "$stick" mnt/usb
mount -t tmpfs tmpfs sys/fs/cgroup
mkdir sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd,xattr systemd sys/fs/cgroup/systemd
pivot_root . .old
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
if [ ! -e /etc/bare ]; then
    # The package of the server asks nobody whether its data may go.
    apt-get -qq -y purge 'postgresql*' 'python3*-venv' >/dev/null
    # There is no network to wait for, and whoever waits is waited for by our service.
    ln -sf /dev/null /etc/systemd/system/systemd-networkd-wait-online.service
    rm -rf /etc/postgresql* /var/lib/postgresql /etc/geoapp /var/lib/geoapp
    echo uninitialized >/etc/machine-id
    echo bare >/etc/bare
fi
umount -l /.old
export container=other
exec /lib/systemd/systemd --log-target=null --unit=multi-user.target
"""


def need_namespaces() -> None:
    """Skip the test where such a machine cannot be made."""
    if os.geteuid() != 0 or not Path("/lib/systemd/systemd").exists():
        pytest.skip("a machine of its own needs root and systemd")
    if not Path("/sys/fs/cgroup/systemd").is_dir() or shutil.which("apt-get") is None:
        pytest.skip("no Debian with cgroups of the first version here")
    if subprocess.run(["unshare", *_SPACES, "true"], check=False).returncode:
        pytest.skip("no namespaces here")


class BareMachine:
    """A machine that is off until it is started.

    Parameters
    ----------
    place
        An empty folder on a disk, for what it writes.
    stick
        What it has at ``/mnt/usb``.
    """

    def __init__(self, place: Path, stick: Path) -> None:
        self._place, self._stick = place, stick
        self._unshare: subprocess.Popen[bytes] | None = None
        self._first = 0
        for name in ("upper", "work", "root", "upper/.old"):
            (place / name).mkdir(parents=True)
        odd = {one.name for one in Path("/").iterdir() if one.is_dir()} - _SYSTEM
        for name in sorted({*_EMPTY, *odd}):
            folder = place / "upper" / name
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o1777 if name.endswith("tmp") else 0o755)
            # Nothing of this machine's folder is to be seen there.
            os.setxattr(folder, "trusted.overlay.opaque", b"y")

    def start(self) -> None:
        """Start it, and wait until systemd has started all that it starts by itself."""
        self._unshare = subprocess.Popen(
            ["unshare", *_SPACES, "sh", "-c", _START],
            env={"PATH": os.environ["PATH"], "place": str(self._place), "stick": str(self._stick)},
            start_new_session=True,
        )
        children = Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children")
        until = time.monotonic() + 180
        while True:
            assert self._unshare.poll() is None, "the machine has not started"
            assert time.monotonic() < until, "the machine takes too long to start"
            found = children.read_text().split()
            if found and Path(f"/proc/{found[0]}/comm").read_text().strip() == "systemd":
                self._first = int(found[0])
                waited = self._nsenter("systemctl is-system-running --wait")
                if waited.stdout.strip() in ("running", "degraded"):
                    return
            time.sleep(0.2)

    def run(self, *commands: str) -> str:
        """Run commands by root's shell, one after another; return what they print, and fail with it."""
        done = self._nsenter("set -eux\ncd\n" + "\n".join(commands))
        if done.returncode:
            log = self._nsenter("journalctl -q --no-pager -n 60 -u geoapp -u geoapp-backup").stdout
            pytest.fail(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}\n{log}")
        return done.stdout

    def cut_power(self) -> None:
        """End it at once, whatever it is at."""
        if self._unshare is None:
            return
        if self._first:
            os.kill(self._first, signal.SIGKILL)
        else:
            self._unshare.kill()
        self._unshare.wait()
        self._unshare, self._first = None, 0

    def _nsenter(self, script: str) -> subprocess.CompletedProcess[str]:
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        return subprocess.run(
            [
                "nsenter",
                "--target",
                str(self._first),
                "--all",
                "--root",
                "--wd",
                "bash",
                "-c",
                script,
            ],
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
