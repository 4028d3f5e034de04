"""What a child process can't do: each lock is the kernel's, closed before a file is read.

Always: no new file or socket (RLIMIT_NOFILE is 0, whatever the child is told to open), nothing
written but into the pipe it was given, bounded memory and processor time, no core dump, not
readable by others, dead when its parent dies. Where the kernel offers it (Linux on x86-64 and
arm64): a list of the only system calls it may make (seccomp), and a network of its own that
leads nowhere.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_CLONE_THREAD = 0x00010000

# Machine: its number for seccomp, where `clone` and `clone3` stand, and the calls a child may make.
_CALLS = {
    "x86_64": (0xC000003E, 56, 435, {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10,
        "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
        "pread64": 17, "readv": 19, "writev": 20, "sched_yield": 24, "mremap": 25, "madvise": 28,
        "nanosleep": 35, "getpid": 39, "exit": 60, "uname": 63, "gettimeofday": 96,
        "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100, "getcwd": 79, "getppid": 110,
        "sigaltstack": 131, "gettid": 186, "futex": 202, "sched_getaffinity": 204,
        "set_tid_address": 218, "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229,
        "clock_nanosleep": 230, "exit_group": 231, "set_robust_list": 273, "getrandom": 318,
        "membarrier": 324, "rseq": 334,
    }),
    "aarch64": (0xC00000B7, 220, 435, {
        "read": 63, "write": 64, "close": 57, "fstat": 80, "lseek": 62, "mmap": 222,
        "mprotect": 226, "munmap": 215, "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135,
        "rt_sigreturn": 139, "pread64": 67, "readv": 65, "writev": 66, "sched_yield": 124,
        "mremap": 216, "madvise": 233, "nanosleep": 101, "getpid": 172, "exit": 93, "uname": 160,
        "gettimeofday": 169, "getrlimit": 163, "getrusage": 165, "sysinfo": 179, "times": 153,
        "getcwd": 17, "getppid": 173, "sigaltstack": 132, "gettid": 178, "futex": 98,
        "sched_getaffinity": 123, "set_tid_address": 96, "restart_syscall": 128,
        "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94,
        "set_robust_list": 99, "getrandom": 278, "membarrier": 283, "rseq": 293,
    }),
}  # fmt: skip


def leave_the_network() -> bool:
    """Moves this process into a network without any way out; False where that is not allowed."""
    for spaces in (_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC, _CLONE_NEWNET | _CLONE_NEWIPC):
        if _LIBC.unshare(spaces) == 0:
            return True
    return False


def hide_from_others() -> None:
    """No core dump, and nobody but root reads this process's memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _control(_PR_SET_DUMPABLE, 0)
    _control(_PR_SET_NO_NEW_PRIVS, 1)


def die_with(parent: int) -> None:
    """Ends this process when its parent ends, however that happens."""
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def bound(*, memory: int, seconds: int) -> None:
    """Memory beyond what is loaded already, processor time; nothing opened or written any more."""
    hard = {
        resource.RLIMIT_AS: _address_space() + memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for what, most in hard.items():
        resource.setrlimit(what, (most, most))


def allow_only_known_calls() -> bool:
    """Every other system call is answered with "not permitted"; False on other machines."""
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return False
    program = _filter(*calls)
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: number of instructions, padding, address
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return bool(_LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0) == 0)


def _filter(machine: int, clone: int, clone3: int, calls: dict[str, int]) -> bytes:
    """A classic BPF program over `struct seccomp_data`: nr at 0, machine at 4, arguments at 16."""
    load, equal, has_bits, give = 0x20, 0x15, 0x45, 0x06
    allow, kill, refuse, unknown = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    program = [step(load, 4), step(equal, machine, 1, 0), step(give, kill), step(load, 0)]
    for number in sorted(calls.values()):
        program += [step(equal, number, 0, 1), step(give, allow)]
    # Threads of this process, yes; other processes, no. clone3 hides which: ENOSYS makes libc
    # ask clone instead.
    program += [step(equal, clone3, 0, 1), step(give, unknown)]
    program += [step(equal, clone, 1, 0), step(give, refuse)]
    program += [step(load, 16), step(has_bits, _CLONE_THREAD, 0, 1), step(give, allow)]
    return b"".join([*program, step(give, refuse)])


def _address_space() -> int:
    """What this process has mapped already, in bytes."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123  before every job: no objects for it
        return int(statm.read().split()[0]) * resource.getpagesize()


def _control(option: int, value: int) -> None:
    """prctl, which must not fail silently."""
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
