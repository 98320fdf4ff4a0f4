"""Programs of which a real CRIU dumps some and refuses others: what each opens, and what CRIU then says."""

from __future__ import annotations

from typing import NamedTuple

BEGIN = """
import ctypes, fcntl, mmap, os, select, signal, socket, struct, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    made = libc.syscall(ctypes.c_long(number), *arguments)
    if made < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return made
def attributes(form, *values):
    return ctypes.create_string_buffer(struct.pack(form, *values), 128)
def connected():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening, socket.create_connection(listening.getsockname())
def child(does):
    done, doing = os.pipe()
    pid = os.fork()
    os.close(doing) if pid else os.close(done)
    if pid == 0:
        does()
        os.close(doing)
        while True:
            time.sleep(1000)
    os.read(done, 1)
    os.close(done)
    return pid
def mount(source, where, kind=None, flags=0):
    if libc.mount(source.encode(), where.encode(), kind and kind.encode(), flags, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def apart(does, reopened=(0, 2)):
    # In a mount namespace of its own with few mounts; run again, so that nothing is left of those outside.
    if "APART" in os.environ:
        return
    os.environ["APART"] = "1"
    libc.unshare(0x20000)
    mount("none", "/", flags=0x44000)
    for line in reversed(open("/proc/self/mountinfo").readlines()):
        point = line.split()[4]
        if point not in ("/", "/proc", "/dev") and not os.getcwd().startswith(point):
            libc.umount2(point.encode(), 2)
    does()
    for fd in reopened:
        os.close(fd)
        os.open("/dev/null", os.O_RDWR)
    os.execv(sys.orig_argv[0], sys.orig_argv)
def part():
    os.mkdir("whole"), os.mkdir("part")
    mount("whole", "whole", "tmpfs")
    os.mkdir("whole/inner")
    mount("whole/inner", "part", flags=0x1000)
    libc.umount2(b"whole", 0)
def unknown():
    os.mkdir("memory")
    mount("memory", "memory", "ramfs")
def slave():
    os.mkdir("shared")
    mount("shared", "shared", "tmpfs")
    mount("none", "shared", flags=0x100000)
    # A process outside of the tree keeps its mounts, until the other end of the pipe goes.
    kept, end = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            os.closerange(0, 3)
            os.close(end)
            os.read(kept, 1)
        os._exit(0)
    os.wait()
    os.close(kept)
    os.set_inheritable(end, True)
    libc.unshare(0x20000)
    mount("none", "/", flags=0x84000)
def file(name, length, **options):
    made = open(name, "w+b")
    made.write(b"x" * length)
    made.flush()
    return made
"""
END = """
time.sleep(0.05)
print("ready", flush=True)
while True:
    time.sleep(1000)
"""


class Living(NamedTuple):
    """One program."""

    does: str
    """Python, between BEGIN and END."""
    words: str = ""
    """Part of what is said to keep it from being dumped, whatever the options; empty: it is dumped."""
    criu: str = ""
    """What CRIU logs then, a regular expression."""
    option: str = ""
    """It is dumped with this option, and refused without it."""
    leads: bool = True
    """Whether it leads a session of its own."""
    given: str = ""
    """What it has from outside: "half" of a connection, a "terminal"."""


UNKNOWN_FILE = r"Can't dump file \d+ of that type"
NESTED = "Can't dump nested {} namespace"

LIVING = {
    # Dumped as they are.
    "plain": Living(""),
    "tree": Living("child(lambda: None)"),
    "threads": Living("threading.Thread(target=time.sleep, args=(999,), daemon=True).start()"),
    "zombie": Living("child(lambda: os._exit(0))"),
    "devices": Living("held = [open('/dev/zero'), open('/dev/urandom'), open('/dev/null')]"),
    "pair": Living("held = socket.socketpair()"),
    "listening": Living("held = socket.socket(); held.bind(('127.0.0.1', 0)); held.listen()"),
    "sockets never used": Living("held = [socket.socket(), socket.socket(type=socket.SOCK_DGRAM)]"),
    "netlink": Living("held = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); held.bind((0, 0))"),
    "memory file": Living("held = os.memfd_create('x'); os.write(held, b'hi' * 5000)"),
    "own pidfd": Living("held = os.pidfd_open(os.getpid())"),
    "waiting": Living("a, b = os.pipe(); held = select.epoll(); held.register(a); c = os.eventfd(3)"),
    "small ghost": Living("held = file('ghost', 1000); os.unlink('ghost')"),
    "large ghost full of holes": Living("held = file('holes', 1); held.truncate(1 << 28); os.unlink('holes')"),
    "both sides of a terminal": Living("held = os.openpty()"),
    "terminal of its own": Living("held = os.openpty(); fcntl.ioctl(held[1], 0x540E, 0)"),
    "directory is gone": Living("os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')"),
    "own host name": Living("libc.unshare(0x4000000)"),
    "mounts of a child's own": Living("child(lambda: libc.unshare(0x20000))"),
    "mounts of its own": Living("apart(lambda: None)"),
    "aio": Living("held = ctypes.c_ulong(0); call(206, 8, ctypes.byref(held))"),
    # Dumped with an option.
    "connection": Living("held = connected(); other = held[0].accept()", option="--tcp-established"),
    "never accepted": Living("held = connected()", option="--skip-in-flight"),
    "flock": Living("held = file('lock', 1); fcntl.flock(held, 2)", option="--file-locks"),
    "posix lock": Living("held = file('lock', 1); fcntl.lockf(held, 2)", option="--file-locks"),
    "large ghost": Living("held = file('ghost', 3_000_000); os.unlink('ghost')", option="--ghost-limit"),
    "mapped ghost": Living(
        "made = file('ghost', 3_000_000); held = mmap.mmap(made.fileno(), 0); made.close(); os.unlink('ghost')",
        option="--ghost-limit",
    ),
    "other link": Living("held = file('one', 1); os.link('one', 'two'); os.unlink('one')", option="--link-remap"),
    "shell's job": Living("", option="--shell-job", leads=False),
    "slave of another's terminal": Living("", option="--shell-job", given="terminal"),
    "datagrams to another": Living(
        "held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); held.connect(os.environ['NAMED'])",
        option="--ext-unix-sk",
    ),
    "part of a file system": Living("apart(part)", option="--external"),
    "file system that nobody makes": Living("apart(unknown)", option="--external"),
    "slave of mounts outside": Living("apart(slave)", option="--external"),
    # Refused, whatever the options.
    "device on a mount outside": Living(
        "apart(lambda: None, (0,))", "/dev/null lies on no mount of the task", "Can't lookup mount"
    ),
    "part of a file system, of a child": Living(
        "def below():\n    libc.unshare(0x20000)\n    mount('none', '/', flags=0x44000)\n    part()\nchild(below)",
        "tmpfs is mounted at",
        "doesn't have a proper root mount",
    ),
    "io_uring": Living("held = call(425, 4, ctypes.create_string_buffer(120))", "io_uring", "send_fds failed|io_uring"),
    "io_uring mapped": Living(
        "made = call(425, 4, ctypes.create_string_buffer(120)); held = mmap.mmap(made, 4096)\nos.close(made)",
        "io_uring",
        r"anon_inode:\[io_uring\]",
    ),
    "perf": Living("held = call(298, attributes('<IIQ', 1, 128, 1), 0, -1, -1, 0)", "perf_event", UNKNOWN_FILE),
    "userfaultfd": Living("held = call(323, 0)", "userfaultfd", UNKNOWN_FILE),
    "secret memory": Living("held = call(447, 0); os.ftruncate(held, 4096)", "/secretmem", "Can't lookup mount"),
    "bpf program": Living(
        "code = ctypes.create_string_buffer(struct.pack('<BBhiBBhi', 0xb7, 0, 0, 0, 0x95, 0, 0, 0))\n"
        "name = ctypes.create_string_buffer(b'GPL')\n"
        "held = call(321, 5, attributes('<IIQQ', 1, 2, ctypes.addressof(code), ctypes.addressof(name)), 128)",
        "bpf-prog",
        UNKNOWN_FILE,
    ),
    "bpf trie": Living("held = call(321, 0, attributes('<IIIII', 11, 8, 8, 4, 1), 128)", "of kind 11", UNKNOWN_FILE),
    "another's pidfd": Living("held = os.pidfd_open(os.getppid())", "pidfd of process", "not a part of process tree"),
    "fuse": Living("held = os.open('/dev/fuse', os.O_RDWR)", "character device 10:229", r"chr 10:229"),
    "message queue": Living(
        "name = ctypes.create_string_buffer(b'living'); held = call(240, name, 0o102, 0o600, None); call(241, name)",
        "lies on no mount",
        "Can't lookup mount",
    ),
    "vsock": Living("held = socket.socket(40, socket.SOCK_STREAM)", "no family that CRIU dumps", "family 40"),
    "mptcp": Living("held = socket.socket(proto=262)", "of protocol 262", "Unsupported proto 262"),
    "answers unread": Living(
        "held = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); held.bind((0, 0))\n"
        "held.send(struct.pack('=IHHIIB3x', 20, 18, 0x301, 1, 0, 0))",
        "answers that nobody has read",
        "The socket has data to read",
    ),
    "half of a connection": Living(
        "held = socket.socket(fileno=int(os.environ['HALF']))",
        "belongs to no task of the tree",
        "Can't dump half of stream unix connection|External socket is used",
        given="half",
    ),
    "rules of landlock": Living("held = call(444, attributes('<Q', 1), 8, 0)", "landlock", UNKNOWN_FILE),
    "file system being made": Living(
        "held = call(430, ctypes.create_string_buffer(b'tmpfs'), 0)", "fscontext", UNKNOWN_FILE
    ),
    "system v memory": Living(
        "key = libc.shmget(0, 4096, 0o1600); libc.shmat.restype = ctypes.c_void_p\n"
        "libc.shmat(key, None, 0); libc.shmctl(key, 0, None)",
        "System V shared memory",
        "doesn't live in IPC ns",
    ),
    "pid namespace of a child": Living(
        "libc.unshare(0x20000000); child(lambda: None)", "another pid namespace", NESTED.format("pid")
    ),
    "host name of a child": Living(
        "child(lambda: libc.unshare(0x4000000))", "another uts namespace", NESTED.format("uts")
    ),
    "users of a child": Living(
        "child(lambda: libc.unshare(0x10000000))", "another user namespace", NESTED.format("user")
    ),
    "users without 0": Living("libc.unshare(0x10000000)", "has no id 0", "Unable to convert uid or gid"),
    "traced": Living("child(lambda: libc.ptrace(0, 0, 0, 0))", "traced by process", "Unseizable non-zombie"),
    "namespace of nobody": Living(
        "pid = child(lambda: libc.unshare(0x4000000)); held = open(f'/proc/{pid}/ns/uts')\n"
        "os.kill(pid, 9); os.waitpid(pid, 0)",
        "no task is in that namespace",
        "No NS ID with kid",
    ),
    "shared directories": Living(
        "if call(56, 0x200 | signal.SIGCHLD, 0, 0, 0, 0) == 0:\n    while True: time.sleep(1000)",
        "shares its current directory",
        "Can't make FS id",
    ),
}
