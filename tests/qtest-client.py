#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A qtest client in another language: pvabi serve, and a real QEMU, are held against one transcript."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

MACHINE = 'fwcfg:topology+regblock:qemu-6.0'
SMP = '2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2'
SKIPPED = 77


class Server:
    """A program that listens on sockets of its own, in a folder that goes with it."""

    def __init__(self, command, names):
        self.folder = tempfile.TemporaryDirectory()
        self.paths = {name: os.path.join(self.folder.name, name) for name in names}
        sockets = {name: f'unix:{path},server=on' for name, path in self.paths.items()}
        self.process = subprocess.Popen([word.format(**sockets) for word in command],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def connect(self, name):
        """A connected socket; the server may take a while to come up."""
        deadline = time.monotonic() + 30
        while True:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(30)
            try:
                client.connect(self.paths[name])
                return client
            except OSError:
                client.close()
                if time.monotonic() > deadline or self.process.poll() is not None:
                    words = self.process.stderr.read() if self.process.poll() else b''
                    sys.exit(f'it does not listen: {words.decode()}')
                time.sleep(0.01)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=30)
        left = [path for path in self.paths.values() if os.path.exists(path)]
        self.folder.cleanup()
        return self.process.returncode, out, left


class Lines:
    """One line out, one line back."""

    def __init__(self, client):
        self.client = client
        self.file = client.makefile('rb')

    def ask(self, line):
        self.client.sendall(line + b'\n')
        return self.file.readline()

    def close(self):
        self.file.close()
        self.client.close()


def expect(what, got, want):
    if got != want:
        sys.exit(f'{what}:\n  got      {got!r}\n  expected {want!r}')


def transcript(name):
    with open(os.path.join(os.path.dirname(__file__), 'transcripts', name), encoding='ascii') as file:
        for line in file:
            command, arrow, answer = line.rstrip('\n').partition(' => ')
            if arrow:
                command = command.replace('\\0', '\0').replace('\\r', '\r')
                yield command.encode(), answer.encode() + b'\n'


def replay(lines, name):
    count = 0
    for command, answer in transcript(name):
        expect(f'{name}, {command!r}', lines.ask(command), answer)
        count += 1
    print(f'{name}: {count} answers as recorded')
    if not count:
        sys.exit(f'{name} holds nothing')


def send_then_read(server, n):
    """All commands before the first answer is read: neither side may wait for the other."""
    client = server.connect('qtest')
    thread = threading.Thread(target=client.sendall, args=(b'outw 0x510 0\ninb 0x511\n' * n,))
    thread.start()
    time.sleep(0.2)
    want, got = b'OK\nOK 0x0051\n' * n, b''
    while len(got) < len(want):
        piece = client.recv(1 << 20)
        if not piece:
            sys.exit('hung up in the middle')
        got += piece
    thread.join()
    client.close()
    expect('pipelined answers', got, want)


def events_meet_accesses(server):
    """What the host does is seen by the guest, and the other way round."""
    guest, host = Lines(server.connect('qtest')), Lines(server.connect('host'))
    expect('power-cycle', host.ask(b'power-cycle'), b'OK\n')
    for _ in range(2):
        guest.ask(b'outl 0xcd8 0')
    expect('plug', host.ask(b'plug 5'), b'OK\n')
    guest.ask(b'outl 0xcd8 5')
    expect('status', guest.ask(b'inb 0xcdc'), b'OK 0x0003\n')
    guest.ask(b'outb 0xcdc 2')
    for command in b'outb 0xcdd 1', b'outl 0xce0 0x103', b'outb 0xcdd 2', b'outl 0xce0 1', b'outb 0xcdc 8':
        expect(repr(command), guest.ask(command), b'OK\n')
    expect('truth', host.ask(b'cpus'), b'OK max=12 present=0-1 apic-ids=0-5,8-13 boot=0-1 '
                                       b'ejected=1 last-ejected=5 ost=1 last-ost=5,259,1\n')
    guest.close()
    host.close()


def clients_follow_each_other(server, rest=b''):
    """The machine stays as it was left; rest: what the first leaves of a line it does not end."""
    first = Lines(server.connect('qtest'))
    first.ask(b'outw 0x510 0')
    expect('first', first.ask(b'inb 0x511'), b'OK 0x0051\n')
    first.client.sendall(rest)
    first.close()
    second = Lines(server.connect('qtest'))
    expect('second', second.ask(b'inb 0x511'), b'OK 0x0045\n')
    second.close()


def check_serve(pvabi):
    for number in signal.SIGINT, signal.SIGTERM:
        server = Server([pvabi, 'serve', '-c', MACHINE, '--smp', SMP, '--qtest', '{qtest}',
                         '--host', '{host}'], ['qtest', 'host'])
        for port, name in ('qtest', 'qtest-q35.txt'), ('host', 'host.txt'), ('qtest', 'qtest-ours.txt'):
            lines = Lines(server.connect(port))
            replay(lines, name)
            lines.close()
        send_then_read(server, 10000)
        events_meet_accesses(server)
        clients_follow_each_other(server, b'endian')
        expect('at the end', server.stop(number), (130, b'', []))


def check_connecting(pvabi):
    """Without server=on it connects, and ends when its peer hangs up. The other chipset."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = os.path.join(folder, 'qtest')
        listener.bind(path)
        listener.listen()
        process = subprocess.Popen([pvabi, 'serve', '-c', MACHINE, '--smp', SMP, '--chipset', 'pc', '--qtest',
                                    f'unix:{path}'])
        lines = Lines(listener.accept()[0])
        replay(lines, 'qtest-pc.txt')
        lines.close()
        expect('exit code', process.wait(timeout=30), 0)


def measure(pvabi):
    """Reads of a port per second, all sent at once, and one after the other."""
    server = Server([pvabi, 'serve', '-c', 'regblock', '--qtest', '{qtest}'], ['qtest'])
    client, n = server.connect('qtest'), 500000
    lines = Lines(client)
    start = time.monotonic()
    thread = threading.Thread(target=client.sendall, args=(b'inb 0xcdc\n' * n,))
    thread.start()
    for _ in range(n):
        lines.file.readline()
    thread.join()
    print(f'{n / (time.monotonic() - start):.0f} inb per second, pipelined')
    start, n = time.monotonic(), n // 20
    for _ in range(n):
        lines.ask(b'inb 0xcdc')
    print(f'{n / (time.monotonic() - start):.0f} inb per second, one at a time')
    lines.close()
    server.stop()


def qemu_major(binary):
    try:
        text = subprocess.run([binary, '-version'], capture_output=True, text=True, check=True).stdout
        return int(text.split('version ')[1].split('.')[0])
    except (OSError, subprocess.CalledProcessError, IndexError, ValueError):
        return None


def check_qemu(binary):
    major = qemu_major(binary)
    if major is None:
        print('no QEMU here to compare with')
        return SKIPPED
    if not 7 <= major <= 10:
        print(f'QEMU {major} splits accesses in another way than 7.2')
        return SKIPPED
    for chipset in 'q35', 'pc':
        server = Server([binary, '-machine', chipset, '-accel', 'tcg', '-smp', SMP, '-S', '-nodefaults',
                         '-display', 'none', '-qtest-log', '/dev/null', '-qtest', '{qtest}'], ['qtest'])
        lines = Lines(server.connect('qtest'))
        replay(lines, f'qtest-{chipset}.txt')
        lines.close()
        clients_follow_each_other(server)
        server.stop()
    return 0


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ('serve', 'speed', 'qemu'):
        sys.exit(f'usage: {sys.argv[0]} serve|speed PVABI | qemu BINARY')
    if sys.argv[1] == 'qemu':
        return check_qemu(os.environ.get('QTEST_QEMU_BINARY', sys.argv[2]))
    if sys.argv[1] == 'speed':
        measure(sys.argv[2])
        return 0
    check_serve(sys.argv[2])
    check_connecting(sys.argv[2])
    return 0


if __name__ == '__main__':
    sys.exit(main())
