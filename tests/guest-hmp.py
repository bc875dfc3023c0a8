# SPDX-License-Identifier: MIT
"""Host events by QEMU's human monitor, on a socket: guest-hmp.py SOCKET plug|reset [SELECTOR]

For 12 possible CPUs of 2 sockets, 3 cores and 2 threads.
"""
import socket
import sys


def ask(path, command):
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.settimeout(10)
        monitor.connect(path)
        for line in ("", command):
            text = b""
            monitor.sendall(line.encode() + b"\n" if line else b"")
            while not text.endswith(b"(qemu) "):
                text += monitor.recv(65536) or sys.exit("the monitor is gone")
    return text.decode()


def main():
    path, what = sys.argv[1:3]
    selector = int(sys.argv[3]) if what == "plug" else 0
    place = f"socket-id={selector // 6},core-id={selector // 2 % 3},thread-id={selector % 2}"
    answer = ask(path, {"plug": f"device_add qemu64-x86_64-cpu,id=cpu{selector},{place}",
                        "reset": "system_reset"}[what])
    if "Error" in answer:
        sys.exit(answer)


main()
