# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces that belong to this run alone, joined by veth pairs: `here` is where tcpstat runs (interfaces
a0, a1, …), `there` is where traffic comes from (b0, b1, …). No addresses and no IPv6, so nobody speaks unasked;
nothing leads out of them. Everything that is started or made here is written down, and clean_up() takes it away."""
import ctypes
import itertools
import os
import socket
import subprocess
import threading
import time

from harness import Failure, Stopped

CLONE_NEWNET = 0x40000000
ENVIRONMENT = {**os.environ, "LC_ALL": "C",
               "PATH": os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"}

_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()
_lock = threading.Lock()
_names = set()
_processes = set()
_is_closing = False


def start(command, **options):
    """subprocess.Popen, but the process is ended by clean_up() at the latest."""
    with _lock:
        if _is_closing:
            raise Stopped()
        process = subprocess.Popen(command, env=ENVIRONMENT, **options)
        _processes.add(process)
        return process


def forget(process):
    """The process has ended and was waited for."""
    with _lock:
        _processes.discard(process)


def ip(*words, lines=None):
    """Runs ip(8), with a batch of `lines` on its standard input if there are any."""
    command = ["ip", *words] + (["-batch", "-"] if lines else [])
    done = subprocess.run(command, env=ENVIRONMENT, input="\n".join(lines) + "\n" if lines else "", text=True,
                          capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        raise Failure("%s: %s" % (" ".join(command), done.stderr.strip()))
    return done.stdout


def inside(name, function):
    """Runs `function` within a namespace, in a thread that enters it and dies, and returns what it returns."""
    outcome = {}

    def enter():
        try:
            descriptor = os.open("/run/netns/" + name, os.O_RDONLY)
            try:
                if _libc.setns(descriptor, CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns " + name)
            finally:
                os.close(descriptor)
            outcome["value"] = function()
        except BaseException as error:  # handed on to the caller
            outcome["error"] = error

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]


def _silence():
    """No neighbour discovery, no multicast reports: only what a test sends is on the line."""
    for which in ("all", "default"):
        try:
            with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % which, "w", encoding="ascii") as setting:
                setting.write("1")
        except FileNotFoundError:
            pass  # a kernel without IPv6


def add_namespace(role):
    with _lock:
        if _is_closing:
            raise Stopped()
        name = "tcpstat-%d-%d-%s" % (os.getpid(), next(_numbers), role)
        _names.add(name)
    ip("netns", "add", name)
    if _is_closing:  # clean_up() may have come too early for this one
        subprocess.run(["ip", "netns", "del", name], env=ENVIRONMENT, capture_output=True, check=False)
        raise Stopped()
    inside(name, _silence)
    return name


def clean_up():
    """Ends every process that was started and removes every namespace that was made. Nothing new can begin.

    Not one by one after each check: while the kernel takes a namespace apart, whoever closes a socket waits for it."""
    global _is_closing
    with _lock:
        _is_closing = True
        processes, names = list(_processes), list(_names)
    for process in processes:
        if process.poll() is None:
            process.kill()
    for process in processes:
        process.wait()
    subprocess.run(["ip", "-force", "-batch", "-"], env=ENVIRONMENT,
                   input="".join("netns del %s\n" % name for name in names),
                   text=True, capture_output=True, check=False)


class Pair:
    """Two namespaces joined by `links` veth pairs, a0 to b0 and so on."""

    def __init__(self, links=1, is_up=True):
        self.links = links
        self.is_up = is_up
        self.here, self.there = add_namespace("here"), add_namespace("there")
        made, raised = ["link set lo up"], []
        for i in range(self.links):
            made.append("link add a%d type veth peer name b%d netns %s" % (i, i, self.there))
            if self.is_up:
                made.append("link set a%d up" % i)
            raised.append("link set b%d up" % i)
        ip("-n", self.here, lines=made)
        ip("-n", self.there, lines=raised)
        self._wait_for_carrier()

    def _wait_for_carrier(self):
        end = time.monotonic() + 5
        while self.is_up and ip("-n", self.here, "-o", "link", "show", "up").count("state UP") < self.links:
            if time.monotonic() > end:
                raise Failure("veth pair: expected carrier on both ends, got none")
            time.sleep(0.01)

    def sender(self, interface="b0"):
        """A Sender on an interface of either end, told by its name."""
        return Sender(self.there if interface.startswith("b") else self.here, interface)


class Sender:
    """Puts whole frames on an interface."""

    def __init__(self, namespace, interface):
        def open_socket():
            descriptor = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            descriptor.bind((interface, 0))
            return descriptor
        self._socket = inside(namespace, open_socket)

    def send(self, frames):
        """Sends them as fast as it goes; returns the wall clock in nanoseconds before and after."""
        begin = time.time_ns()
        send = self._socket.send
        for frame in frames:
            send(frame)
        return begin, time.time_ns()

    def send_paced(self, frames, per_second):
        """Sends them evenly spread."""
        begin = time.monotonic_ns()
        gap_ns = 1_000_000_000 // per_second
        for number, frame in enumerate(frames):
            due = begin + number * gap_ns
            while time.monotonic_ns() < due:
                pass  # to sleep is too coarse for 50 µs
            self._socket.send(frame)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()


def reason_not_to_run():
    """Why namespaces cannot be had here; empty where they can."""
    if os.geteuid() != 0:
        return "not root"
    with open("/proc/self/mountinfo") as mounts:
        if not any(line.split()[4] == "/" for line in mounts):
            return "the root is no mount point, as in a chroot: ip(8) can enter no namespace"
    name = "tcpstat-%d-probe" % os.getpid()
    try:
        done = subprocess.run(["ip", "netns", "add", name], env=ENVIRONMENT, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            return "ip netns add: " + done.stderr.strip()
        try:
            ip("-n", name, lines=["link add a0 type veth peer name b0"])
            inside(name, lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close())
        except (Failure, OSError) as error:
            return str(error)
        finally:
            subprocess.run(["ip", "netns", "del", name], env=ENVIRONMENT, capture_output=True, check=False)
    except FileNotFoundError:
        return "no ip(8): Debian package iproute2"
    return ""
