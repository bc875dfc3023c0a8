#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A register block as of QEMU 5.0, behind qtest lines and host lines: what another project's device looks like to pvabi."""
import argparse
import os
import select
import socket
import sys

IDS = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]  # two sockets of three cores of two threads
BOOT = [0, 1]
ENABLED, INSERT, REMOVE = 1, 2, 4
WIDTHS = {"b": 1, "w": 2, "l": 4, "q": 8}
BUGS = ["selector-masked", "eject-lost", "ids-are-selectors", "dies-later"]


class Block:
    """Selector, command, a status byte per CPU; modern from power-on, no legacy bitmap."""

    def __init__(self, bug, boot):
        self.bug, self.boot = bug, boot
        self.selector = self.command = 0
        self.flags = [ENABLED if i in boot else 0 for i in range(len(IDS))]
        self.ost = [[0, 0] for _ in IDS]
        self.ejected, self.reports = [], []

    def read(self, offset):
        if self.selector >= len(IDS):
            return 0
        if offset == 4:
            return self.flags[self.selector]
        if offset == 8 and self.command == 0:
            return self.selector
        if offset == 8 and self.command == 3:
            return self.selector if self.bug == "ids-are-selectors" else IDS[self.selector]
        return 0

    def write(self, offset, value):
        if offset == 0:
            self.selector = value & 7 if self.bug == "selector-masked" else value
        elif self.selector >= len(IDS):
            return
        elif offset == 4:
            self.control(value)
        elif offset == 5 and value <= 3:
            self.command = value
            if value == 0:
                self.scan()
        elif offset == 8 and self.command == 1:
            self.ost[self.selector][0] = value
        elif offset == 8 and self.command == 2:
            self.ost[self.selector][1] = value
            self.reports.append([self.selector] + self.ost[self.selector])

    def control(self, value):
        i = self.selector
        if value & 2:
            self.flags[i] &= ~INSERT
        elif value & 4:
            self.flags[i] &= ~REMOVE
        elif value & 8 and i > 0 and self.flags[i] & ENABLED:
            self.flags[i] &= ~ENABLED
            if self.bug != "eject-lost":
                self.ejected.append(i)

    def scan(self):
        n = len(IDS)
        for i in range(self.selector, self.selector + n):
            if self.flags[i % n] & (INSERT | REMOVE):
                self.selector = i % n
                return


class Machine:
    def __init__(self, options):
        self.options, self.block = options, Block(options.bug, BOOT)
        self.bridge = self.accesses = 0

    # ---- the guest's side: one qtest line, one answer ----

    def qtest(self, line):
        word = line.split()
        self.accesses += 1
        if self.options.bug == "dies-later" and self.accesses > 200:
            os._exit(1)
        if word == ["endianness"]:
            return "OK little"
        name, numbers = word[0], [int(w, 0) for w in word[1:]]
        if name[:-1] in ("in", "read") and len(numbers) == 1:
            value = self.access(name[:-1] == "read", numbers[0], WIDTHS[name[-1]], None)
            return "OK 0x%04x" % value if name[:-1] == "in" else "OK 0x%016x" % value
        if name[:-1] in ("out", "write") and len(numbers) == 2:
            self.access(name[:-1] == "write", numbers[0], WIDTHS[name[-1]], numbers[1])
            return "OK"
        return "FAIL Unknown command '%s'" % name

    def access(self, mmio, address, width, value):
        mask = (1 << 8 * width) - 1
        offset = address - self.options.base
        if mmio == (self.options.space == "mmio") and 0 <= offset < 12:
            return self.block.read(offset) & mask if value is None else self.block.write(offset, value & mask)
        if not mmio and address == 0xcf8 and value is not None:
            self.bridge = value
        if not mmio and address == 0xcfc and self.bridge == 0x80000000:
            return 0x29c08086 & mask  # a q35's host bridge: firmware looks there for the block's base
        return mask  # nobody there

    # ---- the host's side ----

    def host(self, line):
        word = line.split(" ")
        action = getattr(self, "host_" + word[0].replace("-", "_"), None)
        return action(word[1:]) if action else "FAIL Unknown command '%s'" % word[0]

    def host_cpus(self, _):
        b = self.block
        present = [i for i, flags in enumerate(b.flags) if flags & ENABLED]
        words = [("max", [len(IDS)]), ("present", present), ("apic-ids", IDS), ("boot", b.boot),
                 ("ejected", [len(b.ejected)]), ("ost", [len(b.reports)])]
        words += [("last-ejected", b.ejected[-1:])] * bool(b.ejected)
        words += [("last-ost", (b.reports or [[]])[-1])] * bool(b.reports)
        return "OK " + " ".join("%s=%s" % (key, ",".join(map(str, value))) for key, value in words)

    def host_plug(self, word):
        return self.event(int(word[0]), False, ENABLED | INSERT)

    def host_unplug(self, word):
        return self.event(int(word[0]), True, REMOVE)

    def event(self, i, wanted, flags):
        if i >= len(IDS) or bool(self.block.flags[i] & ENABLED) != wanted:
            return "FAIL CPU %d is %s" % (i, "not present" if wanted else "present, or impossible")
        self.block.flags[i] |= flags
        return "OK"

    def host_reset(self, _):
        return "OK"  # the block has none

    def host_power_cycle(self, word):
        argument = dict(w.split("=", 1) for w in word)
        if argument.get("chipset", "q35") != "q35" or "maxcpus=12,sockets=2,dies=1,cores=3,threads=2" not in argument.get(
                "smp", "maxcpus=12,sockets=2,dies=1,cores=3,threads=2"):
            return "FAIL this machine has two sockets of three cores of two threads"
        boot = [i for run in argument.get("present", "0-1").split(",") for first, _, last in [run.partition("-")]
                for i in range(int(first), int(last or first) + 1)]
        self.block = Block(self.options.bug, boot)
        return "OK"


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    return listener


def serve(answer, listeners):
    """Any number of clients, one after another or at once; lines may come in pieces."""
    rest = {}
    while True:
        for s in select.select(list(listeners) + list(rest), [], [])[0]:
            if s in listeners:
                client = s.accept()[0]
                rest[client] = (b"", listeners[s])
                continue
            data = s.recv(65536)
            if not data:
                del rest[s]
                s.close()
                continue
            *lines, tail = (rest[s][0] + data).split(b"\n")
            rest[s] = (tail, rest[s][1])
            s.sendall(b"".join(rest[s][1](line.decode()).encode() + b"\n" for line in lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qtest", required=True, metavar="PATH")
    parser.add_argument("--host", metavar="PATH")
    parser.add_argument("--space", choices=["pio", "mmio"], default="pio")
    parser.add_argument("--base", type=lambda text: int(text, 0), default=0xcd8)
    parser.add_argument("--bug", choices=BUGS)
    options = parser.parse_args()
    machine = Machine(options)
    listeners = {listen(options.qtest): machine.qtest}
    if options.host:
        listeners[listen(options.host)] = machine.host
    print("listening", flush=True)
    serve(machine, listeners)


if __name__ == "__main__":
    sys.exit(main())
