"""Calls to the kernel that no answer needs, and that get around limits: Linux refuses them.

Namespaces of one's own, memory that counts for nobody, a look into other processes. A filter of
system calls (seccomp) stays with a process and all that it makes. See "man 2 seccomp".
"""

import ctypes
import errno
import platform
import struct
import sys

# By the name of the machine: how its calls are marked (AUDIT_ARCH), and their numbers.
MACHINES = {
    "x86_64": (
        0xC000003E,
        {
            "clone": 56,
            "clone3": 435,
            "add_key": 248,
            "bpf": 321,
            "keyctl": 250,
            "memfd_create": 319,
            "mount": 165,
            "mq_open": 240,
            "msgget": 68,
            "perf_event_open": 298,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "ptrace": 101,
            "semget": 64,
            "setns": 308,
            "shmget": 29,
            "unshare": 272,
            "userfaultfd": 323,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "clone": 220,
            "clone3": 435,
            "add_key": 217,
            "bpf": 280,
            "keyctl": 219,
            "memfd_create": 279,
            "mount": 40,
            "mq_open": 180,
            "msgget": 186,
            "perf_event_open": 241,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "ptrace": 117,
            "semget": 190,
            "setns": 268,
            "shmget": 194,
            "unshare": 97,
            "userfaultfd": 282,
        },
    ),
}
NEW_NAMESPACES = 0x7E020000  # flags of clone
LOAD, EQUAL, SET, ABOVE, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06  # instructions of a filter
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
SET_DUMPABLE, SET_SECCOMP, SET_NO_NEW_PRIVILEGES = 4, 22, 38  # of prctl


def can_be_refused() -> bool:
    """Whether this machine's calls are known here."""
    return sys.platform == "linux" and platform.machine() in MACHINES


def refuse() -> None:
    """From now on, for this process and all that it makes. Raises OSError if Linux will not."""
    if not can_be_refused():
        return
    code = program(*MACHINES[platform.machine()])
    kept = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(kept))
    control(SET_NO_NEW_PRIVILEGES, 1)
    control(SET_SECCOMP, 2, ctypes.create_string_buffer(header, len(header)))


def close_to_others() -> None:
    """Nobody else may look into this process, or write into it. Raises OSError."""
    if sys.platform == "linux":
        control(SET_DUMPABLE, 0)


def program(mark: int, numbers: dict[str, int]) -> bytes:
    """The filter: 8 bytes an instruction (code, steps if true, steps if not, value)."""
    refused = REFUSE | errno.EPERM
    steps = [
        (LOAD, 0, 0, 4),  # the machine's mark: other calls would have other numbers
        (EQUAL, 1, 0, mark),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),  # the number of the call
        (ABOVE, 0, 1, 0x40000000),  # those of x32
        (RETURN, 0, 0, refused),
        (EQUAL, 0, 1, numbers["clone3"]),  # whose flags a filter cannot see: clone is tried next
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
    ]
    for name, number in numbers.items():
        if not name.startswith("clone"):
            steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, refused)]
    steps += [
        (EQUAL, 0, 3, numbers["clone"]),
        (LOAD, 0, 0, 16),  # its flags
        (SET, 0, 1, NEW_NAMESPACES),
        (RETURN, 0, 0, refused),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def control(*arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    filled = [*arguments, *[0] * (5 - len(arguments))]
    if libc.prctl(*filled) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {arguments[0]}: {errno.errorcode.get(number, number)}")
