"""Nothing is sent to where only this machine can reach, whatever the address looks like and resolves to."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from kith.runtime.outgoing import NotSent, Screen, is_public, send

PUBLIC = "93.184.215.14"
INSIDE = """
0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.168.0.1
198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:1.1.1.1
::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::101:101 64:ff9b::a9fe:a9fe
2002:7f00:1:: 2002:a00:1:: 2001:0:4136:e378:8000:63bf:80ff:fffe 2001:db8::1 fc00::1 fd12:3456::1 fe80::1 ff02::1
""".split()
OUTSIDE = [PUBLIC, "1.1.1.1", "2606:4700:4700::1111"]


def to(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: addresses


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(NotSent, match="not on the internet"):
        Screen(resolve=to(address)).target("https://hook.example.com/")


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_one_private_address_among_several_is_reason_enough() -> None:
    with pytest.raises(NotSent, match="not on the internet"):
        Screen(resolve=to(PUBLIC, "10.0.0.1")).target("https://hook.example.com/")


# The real resolver reads all of these as addresses of this machine.
@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    with pytest.raises(NotSent):
        Screen().target(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "", "hook.example.com", "//hook.example.com", "http://hook.example.com", "ftp://hook.example.com",
        "file:///etc/passwd", "gopher://hook.example.com:70/_", "javascript:alert(1)", "https://", "https:///path",
        "https://user:secret@hook.example.com", "https://hook.example.com@10.0.0.1", "https://hook.example.com\\@10.0.0.1",
        "https://hook.example.com/\r\nX: y", "https://hook.example.com/ x", "https://hook.example.com:22", "https://[::1",
        "https://hook.example.com:99999", "https://[fe80::1%25eth0]/", "https://例子.example", "https://a/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_address_to_send_to_is_refused(url: str) -> None:
    with pytest.raises(NotSent):
        Screen(resolve=to(PUBLIC)).target(url)


def test_a_name_is_asked_for_once_and_the_screened_address_is_dialled() -> None:
    answers, dialled = [[PUBLIC], ["127.0.0.1"]], []

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        dialled.append((address, port))
        raise ConnectionRefusedError

    with pytest.raises(NotSent, match="did not answer"):
        send(
            Screen(resolve=lambda host, port: answers.pop(0), dial=dial),
            "POST",
            "https://hook.example.com/in",
            body=b"{}",
        )
    assert dialled == [(PUBLIC, 443)]
    assert answers == [["127.0.0.1"]]


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[tuple[Screen, str, list[bytes]]]:
    """A server of the operator's own network, what it is asked, and how it answers."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                heard.append(connection.recv(65_536))
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield (
            Screen(trusted=frozenset({f"intern:{port}"}), resolve=to("127.0.0.1")),
            f"http://intern:{port}/a?b=c",
            heard,
        )
        thread.join(10)


def test_a_trusted_host_is_asked_by_its_name() -> None:
    said = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-Kind: yes\r\n\r\nok"
    with answering(lambda connection: connection.sendall(said)) as (screen, url, heard):
        answer = send(screen, "POST", url, headers={"content-type": "application/json"}, body=b"{}")
    assert (answer.status, answer.body, answer.headers["x-kind"]) == (200, b"ok", "yes")
    assert heard[0].startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert f"host: {url.split('/')[2]}\r\n".encode() in heard[0]


def test_a_redirect_is_not_followed() -> None:
    said = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    with answering(lambda connection: connection.sendall(said)) as (screen, url, heard):
        assert send(screen, "GET", url).status == 302
    assert len(heard) == 1


def test_an_answer_without_end_is_cut_off() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (1024 * 1024))
        with suppress(OSError):
            connection.sendall(b"x" * (16 * 1024 * 1024))

    with answering(flood) as (screen, url, _):
        assert len(send(screen, "GET", url).body) == 1024 * 1024


def test_an_answer_that_drips_is_given_up() -> None:
    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.02)

    with answering(drip) as (screen, url, _), pytest.raises(NotSent, match="TimeoutError"):
        send(screen, "GET", url, seconds=0.3)
