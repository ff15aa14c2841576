"""Threads that share the slices of a stage among them: the caller is member 0, the others are members 1, 2, …

Slices are taken one by one, so a thread that starts late or is interrupted takes fewer of them. A member that finds
nothing to do spins for a while, as the next stage is often near, and then sleeps in Python until it is called. All that
happens between the two is compiled and needs no interpreter lock.

The words that they share, each group on a line of the cache of its own:

    TICKET   the number of the job in the upper half, its slices that nobody has taken yet in the lower
    DONE     slices of the job that are done
    JOB      the function, its context, and how many slices there are
    AWAKE    for each member: 1 as long as it looks at the ticket, 0 when it sleeps or is about to

What the caller does with a job (`Team.run`), and what it waits for:

    publish:  DONE := 0  ->  JOB := function, context, slices  ->  TICKET := (number + 1, slices)
    call:     each member with AWAKE = 0:  AWAKE := 1, then wake it
    work:     like every member, but it leaves as soon as no slice is left
    wait:     until DONE = slices

The states of a member (`work`):

                        call                   lost the race
    ASLEEP ------------------------+   +---------------------------+
      ^                            v   v                           |
      |                         +--------+    a slice is left   +-------+
      |        +--------------->|  LOOK  |--------------------->| CLAIM |  TICKET := TICKET - 1, if it still is
      |        | pause          +--------+                      +-------+  what was read
      |        |                 |   ^   ^                         | won
      |        |     none is left|   |   |      DONE := DONE + 1   v
      |        |                 v   |   |                      +-------+
      |        |  patient  +--------+|   +----------------------|  RUN  |  function(context, member, slice)
      |        +-----------|  IDLE  ||                          +-------+
      |                    +--------+|
      |            impatient |       | a slice is left after all: AWAKE := 1
      |                      v       |
      |     none is left   +-----------+
      +--------------------|   LEAVE   |  AWAKE := 0, then the ticket is read once more
                           +-----------+

Why this is right:

- Who wins a claim sees the job that belongs to the ticket: JOB is written before TICKET, and not again before DONE says
  that all slices are done, that of the winner among them.
- An old ticket wins no claim, even if as many slices are left of another job: the job's number differs.
- When `wait` ends, the results of all slices are visible: each is written before DONE is counted up.
- No member sleeps through a job: it writes AWAKE and then reads TICKET, while the caller writes TICKET and then reads
  AWAKE, so at least one of them sees what the other wrote. (If not, the caller does the slices itself.)
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
"""The first words of the lines after that of the ticket."""
_PATIENCE = 10_000
"""Rounds of waiting, each some 40 to 140 cycles of the processor, before a member goes to sleep."""
_PAUSES = {
    "x86_64": ("declare void @llvm.x86.sse2.pause()", "call void @llvm.x86.sse2.pause()"),
    "aarch64": ("declare void @llvm.aarch64.hint(i32)", "call void @llvm.aarch64.hint(i32 1)"),
}
_MACHINE = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
_DECLARED, _PAUSE = _PAUSES.get(_MACHINE, ("", ""))
"""The instruction that tells the processor of a loop that waits."""

_TEXT = f"""{_DECLARED}
define void @publish(ptr %state, ptr %function, ptr %context, i64 %slices) {{
  %done.at = getelementptr i64, ptr %state, i64 {_DONE}
  store atomic i64 0, ptr %done.at monotonic, align 8
  %function.at = getelementptr i64, ptr %state, i64 {_JOB}
  store ptr %function, ptr %function.at
  %context.at = getelementptr i64, ptr %state, i64 {_JOB + 1}
  store ptr %context, ptr %context.at
  %slices.at = getelementptr i64, ptr %state, i64 {_JOB + 2}
  store i64 %slices, ptr %slices.at
  %before = load atomic i64, ptr %state monotonic, align 8
  %number = lshr i64 %before, 32
  %next = add i64 %number, 1
  %upper = shl i64 %next, 32
  %ticket = or i64 %upper, %slices
  store atomic i64 %ticket, ptr %state seq_cst, align 8
  ret void
}}

define void @work(ptr %state, i64 %member, i64 %patience) {{
entry:
  %done.at = getelementptr i64, ptr %state, i64 {_DONE}
  %function.at = getelementptr i64, ptr %state, i64 {_JOB}
  %context.at = getelementptr i64, ptr %state, i64 {_JOB + 1}
  %slices.at = getelementptr i64, ptr %state, i64 {_JOB + 2}
  %line = mul i64 %member, {_LINE}
  %awake.index = add i64 %line, {_AWAKE}
  %awake.at = getelementptr i64, ptr %state, i64 %awake.index
  br label %look
look:
  %waited = phi i64 [0, %entry], [%waited.next, %pause], [%waited, %claim], [0, %run], [0, %stay]
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
  %function = load ptr, ptr %function.at
  %context = load ptr, ptr %context.at
  %slices = load i64, ptr %slices.at
  %slice = sub i64 %slices, %left
  call void %function(ptr %context, i64 %member, i64 %slice)
  %one.more = atomicrmw add ptr %done.at, i64 1 seq_cst
  br label %look
idle:
  %waited.next = add i64 %waited, 1
  %patient = icmp ult i64 %waited.next, %patience
  br i1 %patient, label %pause, label %leave
pause:
  {_PAUSE}
  br label %look
leave:
  store atomic i64 0, ptr %awake.at seq_cst, align 8
  %last = load atomic i64, ptr %state seq_cst, align 8
  %last.left = and i64 %last, 4294967295
  %none = icmp eq i64 %last.left, 0
  br i1 %none, label %asleep, label %stay
stay:
  store atomic i64 1, ptr %awake.at seq_cst, align 8
  br label %look
asleep:
  ret void
}}

define void @wait(ptr %state) {{
entry:
  %done.at = getelementptr i64, ptr %state, i64 {_DONE}
  %slices.at = getelementptr i64, ptr %state, i64 {_JOB + 2}
  %slices = load i64, ptr %slices.at
  br label %look
look:
  %waited = phi i64 [0, %entry], [%waited.next, %pause], [%waited.next, %yield]
  %done = load atomic i64, ptr %done.at acquire, align 8
  %all = icmp eq i64 %done, %slices
  br i1 %all, label %end, label %idle
idle:
  %waited.next = add i64 %waited, 1
  %patient = icmp ult i64 %waited.next, {_PATIENCE}
  br i1 %patient, label %pause, label %yield
pause:
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
_WORK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
_WAIT = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_SLICE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


@cache
def _code() -> Compiled:
    return compile_ir(_TEXT + _yield(), 1)


def _yield() -> str:
    """A function that lets another thread have the processor, where the system has one."""
    if not has_symbol("sched_yield"):
        return "define void @yield() {\n  ret void\n}"
    return "declare i32 @sched_yield()\ndefine void @yield() {\n  call i32 @sched_yield()\n  ret void\n}"


class Team:
    """So many threads, the caller among them."""

    def __init__(self, threads: int) -> None:
        code = _code()
        self._publish = _PUBLISH(code.address("publish"))
        self._work = _WORK(code.address("work"))
        self._wait = _WAIT(code.address("wait"))
        memory = np.zeros(_AWAKE + (threads + 1) * _LINE, dtype=np.int64)
        self._words = memory[-memory.ctypes.data % (8 * _LINE) // 8 :]
        self._state: int = self._words.ctypes.data
        self._busy = Lock()
        self._process = os.getpid()
        self._calls: list[SimpleQueue[bool]] = [SimpleQueue() for _ in range(1, threads)]
        """For each member but the caller: True wakes it, False ends it."""
        self._members = [Thread(target=self._live, args=(k,), daemon=True) for k in range(1, threads)]
        for member in self._members:
            member.start()
        atexit.register(self._dismiss)

    def run(self, function: int, context: int, slices: int) -> None:
        """Call the function at this address with (context, member, slice) for each slice from 0 on; back when all
        are done.

        While the team works for another thread, the caller does all itself.
        """
        if not self._busy.acquire(blocking=False):
            call = _SLICE(function)
            for index in range(slices):
                call(context, 0, index)
            return
        try:
            self._publish(self._state, function, context, slices)
            self._wake()
            self._work(self._state, 0, 1)
        finally:
            self._wait(self._state)
            self._busy.release()

    def _wake(self) -> None:
        for member, call in enumerate(self._calls, 1):
            awake = _AWAKE + member * _LINE
            if not self._words[awake]:
                self._words[awake] = 1
                call.put(True)

    def _live(self, member: int) -> None:
        while self._calls[member - 1].get():
            self._work(self._state, member, _PATIENCE)

    def _dismiss(self) -> None:
        """At the end of the process, before the code goes away that members may still spin in."""
        if self._process == os.getpid():
            for call in self._calls:
                call.put(False)
            for member in self._members:
                member.join()


@cache
def team(process: int, threads: int) -> Team:
    """The team of so many threads that all kernels share. A fork of the process does not have these threads, so it
    gets a team of its own."""
    return Team(threads)
