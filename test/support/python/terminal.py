"""Runs a program on a terminal of its own and types.

usage: terminal.py COLUMNS STEPS COMMAND...   STEPS is JSON: [["text to wait for", "text to type"], ...]
Prints JSON: what appeared, the exit code, and whether the terminal echoes again afterwards.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

columns, steps, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    # The parent sets the size first.
    time.sleep(0.2)
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def read(seconds):
    ready, _, _ = select.select([terminal], [], [], seconds)
    if not ready:
        return b""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return None


seen = b""
waiting = 0
for text, typed in steps:
    end = time.time() + 30
    while text.encode() not in seen[waiting:] and time.time() < end:
        more = read(0.2)
        if more is None:
            break
        seen += more
    waiting = len(seen)
    # Raw mode is set just after the words appear.
    time.sleep(0.2)
    os.write(terminal, typed.encode())
done = 0
while True:
    more = read(0.05)
    if more is None:
        break
    seen += more
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        while (more := read(0.1)):
            seen += more
        break
else:
    status = 0
if not done:
    _, status = os.waitpid(pid, 0)
try:
    echo = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
except termios.error:
    echo = None
print(json.dumps({"seen": seen.decode(), "code": os.waitstatus_to_exitcode(status), "echo": echo}))
