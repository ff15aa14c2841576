"""Threads that share the chunks of a pass among them.

Chunks are taken one by one from a ticket, so a thread that starts late or is interrupted takes fewer of them. A
member that finds nothing to do spins for a while, as the next pass is often near, and then sleeps in
Python until it is called. All that happens between the two is compiled and needs no interpreter lock.

The state is one line of the cache each for the ticket (how often a job was given out in its upper half, the
chunks that are left in the lower), for the chunks done, for the job, and for each member whether it is awake.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import platform
from functools import cache
from queue import SimpleQueue
from threading import Lock, Thread

import numpy as np

from exprgrad.backends.llvm.compiler import Compiled, compile_ir, has_symbol

_LINE = 8
"""Words of a line of the cache."""
_DONE, _JOB, _AWAKE = _LINE, 2 * _LINE, 3 * _LINE
_PATIENCE = 10_000
"""Turns of waiting, each some 40 to 140 cycles of the processor, before a member goes to sleep."""
_PAUSES = {
    "x86_64": ("declare void @llvm.x86.sse2.pause()", "call void @llvm.x86.sse2.pause()"),
    "aarch64": ("declare void @llvm.aarch64.hint(i32)", "call void @llvm.aarch64.hint(i32 1)"),
}
_MACHINE = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
_DECLARED, _PAUSE = _PAUSES.get(_MACHINE, ("", ""))
"""What tells the processor of a loop that waits."""

_TEXT = f"""{_DECLARED}
define void @publish(ptr %state, ptr %job, ptr %context, i64 %chunks) {{
  %done = getelementptr i64, ptr %state, i64 {_DONE}
  store atomic i64 0, ptr %done monotonic, align 8
  %job.at = getelementptr i64, ptr %state, i64 {_JOB}
  store ptr %job, ptr %job.at
  %context.at = getelementptr i64, ptr %state, i64 {_JOB + 1}
  store ptr %context, ptr %context.at
  %chunks.at = getelementptr i64, ptr %state, i64 {_JOB + 2}
  store i64 %chunks, ptr %chunks.at
  %before = load atomic i64, ptr %state monotonic, align 8
  %count = lshr i64 %before, 32
  %next = add i64 %count, 1
  %upper = shl i64 %next, 32
  %ticket = or i64 %upper, %chunks
  store atomic i64 %ticket, ptr %state seq_cst, align 8
  ret void
}}

define void @serve(ptr %state, i64 %member, i64 %patience) {{
entry:
  %done = getelementptr i64, ptr %state, i64 {_DONE}
  %job.at = getelementptr i64, ptr %state, i64 {_JOB}
  %context.at = getelementptr i64, ptr %state, i64 {_JOB + 1}
  %chunks.at = getelementptr i64, ptr %state, i64 {_JOB + 2}
  %line = mul i64 %member, {_LINE}
  %line.index = add i64 %line, {_AWAKE}
  %awake = getelementptr i64, ptr %state, i64 %line.index
  br label %look
look:
  %turns = phi i64 [0, %entry], [%turns.next, %wait], [%turns, %claim], [0, %run], [0, %stay]
  %ticket = load atomic i64, ptr %state acquire, align 8
  %left = and i64 %ticket, 4294967295
  %some = icmp ne i64 %left, 0
  br i1 %some, label %claim, label %idle
claim:
  %less = sub i64 %ticket, 1
  %claimed = cmpxchg ptr %state, i64 %ticket, i64 %less seq_cst seq_cst
  %won = extractvalue {{i64, i1}} %claimed, 1
  br i1 %won, label %run, label %look
run:
  %job = load ptr, ptr %job.at
  %context = load ptr, ptr %context.at
  %chunks = load i64, ptr %chunks.at
  %chunk = sub i64 %chunks, %left
  call void %job(ptr %context, i64 %member, i64 %chunk)
  %one.more = atomicrmw add ptr %done, i64 1 seq_cst
  br label %look
idle:
  %turns.next = add i64 %turns, 1
  %patient = icmp ult i64 %turns.next, %patience
  br i1 %patient, label %wait, label %leave
wait:
  {_PAUSE}
  br label %look
leave:
  store atomic i64 0, ptr %awake seq_cst, align 8
  %last = load atomic i64, ptr %state seq_cst, align 8
  %last.left = and i64 %last, 4294967295
  %gone = icmp eq i64 %last.left, 0
  br i1 %gone, label %end, label %stay
stay:
  store atomic i64 1, ptr %awake seq_cst, align 8
  br label %look
end:
  ret void
}}

define void @finish(ptr %state) {{
entry:
  %done.at = getelementptr i64, ptr %state, i64 {_DONE}
  %chunks.at = getelementptr i64, ptr %state, i64 {_JOB + 2}
  %chunks = load i64, ptr %chunks.at
  br label %look
look:
  %turns = phi i64 [0, %entry], [%turns.next, %wait], [%turns.next, %yield]
  %done = load atomic i64, ptr %done.at acquire, align 8
  %all = icmp eq i64 %done, %chunks
  br i1 %all, label %end, label %on
on:
  %turns.next = add i64 %turns, 1
  %patient = icmp ult i64 %turns.next, {_PATIENCE}
  br i1 %patient, label %wait, label %yield
wait:
  {_PAUSE}
  br label %look
yield:
  call void @yield()
  br label %look
end:
  ret void
}}
"""

_PUBLISH = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
_SERVE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
_FINISH = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_SHARE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


@cache
def _code() -> Compiled:
    return compile_ir(_TEXT + _yield(), 1)


def _yield() -> str:
    """A function that lets another thread have the processor, where the system has one."""
    if not has_symbol("sched_yield"):
        return "define void @yield() {\n  ret void\n}"
    return "declare i32 @sched_yield()\ndefine void @yield() {\n  call i32 @sched_yield()\n  ret void\n}"


class Team:
    """`threads` threads: the caller is member 0, the others are members 1, 2, …"""

    def __init__(self, threads: int) -> None:
        code = _code()
        self._publish = _PUBLISH(code.address("publish"))
        self._serve = _SERVE(code.address("serve"))
        self._finish = _FINISH(code.address("finish"))
        memory = np.zeros(_AWAKE + (threads + 1) * _LINE, dtype=np.int64)
        self._memory = memory[-memory.ctypes.data % (8 * _LINE) // 8 :]
        self._state: int = self._memory.ctypes.data
        self._busy = Lock()
        self._process = os.getpid()
        self._calls: list[SimpleQueue[bool]] = [SimpleQueue() for _ in range(1, threads)]
        self._members = [Thread(target=self._work, args=(k,), daemon=True) for k in range(1, threads)]
        for member in self._members:
            member.start()
        atexit.register(self._dismiss)

    def run(self, job: int, context: int, chunks: int) -> None:
        """Call the function at `job` with (context, member, chunk) for each chunk from 0 on; back when all are done.

        While the team works for another thread, the caller does all itself.
        """
        if not self._busy.acquire(blocking=False):
            share = _SHARE(job)
            for chunk in range(chunks):
                share(context, 0, chunk)
            return
        try:
            self._publish(self._state, job, context, chunks)
            for index, call in enumerate(self._calls):
                awake = _AWAKE + (index + 1) * _LINE
                if not self._memory[awake]:
                    self._memory[awake] = 1
                    call.put(True)
            self._serve(self._state, 0, 1)
        finally:
            self._finish(self._state)
            self._busy.release()

    def _work(self, member: int) -> None:
        while self._calls[member - 1].get():
            self._serve(self._state, member, _PATIENCE)

    def _dismiss(self) -> None:
        """At the end of the process, before the code goes away that members may still spin in."""
        if self._process == os.getpid():
            for call in self._calls:
                call.put(False)
            for member in self._members:
                member.join()


@cache
def team(process: int, threads: int) -> Team:
    """The team of so many threads that all kernels share. The threads of a process are not there in its forks."""
    return Team(threads)
