"""Processes that are started again, and that end with their parent."""

import os
import signal
import socket
import subprocess
import sys

from geoapp.core.processes import Patience, ending, let_go_of_readers


def test_the_first_restart_is_at_once_and_each_further_one_later() -> None:
    patience = Patience()
    waits = [patience.wait_seconds(lived_seconds=1) for _ in range(9)]
    assert waits == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert [patience.wait_seconds(1) for _ in range(2000)][-1] == 30  # it never gives up


def test_a_long_life_is_forgiven() -> None:
    patience = Patience()
    for _ in range(5):
        patience.wait_seconds(1)
    assert patience.wait_seconds(lived_seconds=60) == 0
    assert patience.wait_seconds(1) == 0.5


def test_how_a_process_ended_is_said() -> None:
    assert ending(3) == "exit code 3"
    assert ending(-signal.SIGSEGV) == "killed by SIGSEGV"
    assert ending(-99) == "killed by signal 99"


# Forks a child that would wait for ever, tells its number, and waits to be killed.
PARENT = """
import os, signal
from geoapp.core.processes import end_with_parent
parent = os.getpid()
child = os.fork()
if child == 0:
    end_with_parent(parent, signal.SIGKILL)
    os.write(1, f"{os.getpid()} ".encode())
while True:
    signal.pause()
"""


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(os.read(parent.stdout.fileno(), 20))
        parent.send_signal(signal.SIGKILL)
        # The child holds the other end too: reading ends when both are gone.
        assert parent.stdout.read() == b""
    assert child != parent.pid


def test_a_connection_learns_when_to_let_go_of_a_reader_from_its_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        let_go_of_readers(7)
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()
            with connection:
                limit_ms = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert limit_ms == 7000


def test_nobodys_pipe_is_held_open() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    let_go_of_readers(7)
    os.close(writing)
    # Were a copy of the other end still open, this would say that there is nothing yet.
    assert os.read(reading, 1) == b""
    os.close(reading)
