"""The threads of a team do each slice of each job once, whoever asks and whenever."""

from __future__ import annotations

import subprocess
import sys
import time
from ctypes import CFUNCTYPE, c_int64, c_void_p, cast
from threading import Thread

import pytest

from exprgrad.backends.llvm.passes.team import Team

JOB = CFUNCTYPE(None, c_void_p, c_int64, c_int64)
SCRIPT = """
import os, numpy as np, exprgrad
x = np.linspace(0, 1, 300_000)
loss = exprgrad.compile("sum(exp(-w*x))", threads=3)
before = loss.evaluate(x=x, w=0.5)
child = os.fork()
if not child:
    os._exit(0 if loss.evaluate(x=x, w=0.5) == before else 3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print(before == exprgrad.compile("sum(exp(-w*x))", threads=1).evaluate(x=x, w=0.5))
"""

WHILE_COMPILING = """
import os, signal, sys, threading, time, warnings
import exprgrad
warnings.simplefilter("ignore", DeprecationWarning)  # since Python 3.12 of any fork with threads
x = [k/1000 for k in range(1000)]
over = threading.Event()
def compiles():
    k = 0
    while not over.is_set():
        k += 1
        exprgrad.compile(f"sum({k}*exp(-w*x) + sin(x*{k}))", backend="llvm", threads=2).gradient(x=x, w=0.5)
thread = threading.Thread(target=compiles)
thread.start()
for pause in [0.0, 0.01, 0.03, 0.1, 0.2] + [0.037]*25:
    time.sleep(pause)
    child = os.fork()
    if not child:
        signal.alarm(60)  # ends a child that waits for ever
        value = exprgrad.compile("sum(2*exp(-w*x))", backend="llvm", threads=2).evaluate(x=x, w=0.5)
        os._exit(0 if abs(value - 1574) < 1 else 3)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        over.set()
        sys.exit(f"the child after {pause} s: {code}")
over.set()
thread.join()
print("done")
"""


def address(job) -> int:
    return cast(job, c_void_p).value


@pytest.mark.parametrize("pause", [0.0, 0.002], ids=["awake", "asleep"])
def test_each_slice_is_done_once(pause):
    team = Team(3)
    for slices in [*range(1, 40), 1000]:
        done: list[tuple[int, int]] = []
        job = JOB(lambda context, member, index, done=done: done.append((index, member)))
        team.run(address(job), 0, slices)
        assert sorted(index for index, _ in done) == list(range(slices))
        assert {member for _, member in done} <= {0, 1, 2}
        time.sleep(pause)


def test_all_members_work():
    team, members = Team(3), set()

    def work(context: int, member: int, index: int) -> None:
        members.add(member)
        time.sleep(0.01)

    job = JOB(work)
    team.run(address(job), 0, 12)
    assert members == {0, 1, 2}


def test_a_busy_team_leaves_the_work_to_the_caller():
    team, done = Team(2), []
    inner = JOB(lambda context, member, index: done.append((index, member)))
    outer = JOB(lambda context, member, index: team.run(address(inner), 0, 3))
    callers = [Thread(target=team.run, args=(address(outer), 0, 2)) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(done) == sorted([(0, 0), (1, 0), (2, 0)] * 8)


def test_a_fork_has_a_team_of_its_own():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_a_fork_works_while_another_thread_imports_and_compiles():
    done = subprocess.run([sys.executable, "-c", WHILE_COMPILING], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
