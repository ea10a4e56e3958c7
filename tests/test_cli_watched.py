"""A process that computes with others, and one beside it that says how it ended."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import os, signal, sys, time
from likelinet.cli import watched
from likelinet.core.errors import ProcessError
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have switched it off
watched.PATIENCE = watched.AGAIN = watched.SAME = 0.0
with watched.watched("Process 1 of 2"):
"""
SENTENCE = (
    "likelinet: Process 1 of 2 cannot reach another one, which has ended or has lost its network: see what that one "
    "said, and begin all of them again (with --resume where there is a checkpoint).\n"
)
DEAF = """
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # as a process that waits in a collective
    print("deaf", flush=True)
    time.sleep(600.0)
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def begun(within: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BEGIN + within]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(within: str) -> tuple[int, str, str]:
    started = begun(within)
    out, said = started.communicate(timeout=60.0)
    return started.returncode, out, said


def test_a_process_that_jax_aborts_says_one_sentence():
    lines = (
        "W a warning",
        "E1 coordination_service_agent.cc:289] Polled an error",
        "F1 client.h:80] Terminating process because the JAX distributed service detected fatal errors.",
        "    @ 0x7f tsl::RPCState<>::OnCompleted()",
    )
    said = "\n".join([*lines, ""])
    assert ended(f"    os.write(2, {said!r}.encode())\n    os.abort()") == (2, "", "W a warning\n" + SENTENCE)


def test_a_process_that_cannot_reach_another_says_the_same():
    assert ended("    raise ProcessError('as it says by itself')") == (2, "", SENTENCE)


def test_one_that_says_so_while_jax_aborts_it_says_it_once():
    within = "    os.write(2, b'JAX distributed service\\n')\n    raise ProcessError('as it says by itself')"
    assert ended(within) == (2, "", SENTENCE)


def test_another_abort_is_no_end_of_others():
    code, _, said = ended("    os.write(2, b'free(): invalid pointer\\n')\n    os.abort()")
    assert (code, said) == (
        128 + signal.SIGABRT,
        "free(): invalid pointer\nlikelinet: Process 1 of 2 was ended by SIGABRT.\n",
    )


def test_any_other_end_is_that_of_the_process():
    within = (
        "    print('out')\n    print('said', file=sys.stderr)\n    os.write(2, b'by a library\\n')\n    sys.exit(3)"
    )
    code, out, said = ended(within)
    assert (code, out, sorted(said.splitlines())) == (3, "out\n", ["by a library", "said"])


def test_ctrl_c_is_answered_where_the_process_does_not_hear_it():
    started = begun(DEAF)
    assert started.stdout is not None
    assert started.stderr is not None
    assert started.stdout.readline() == "deaf\n"
    started.send_signal(signal.SIGINT)
    assert started.stderr.readline() == (
        "likelinet: Process 1 of 2 ends as soon as the other processes do; Ctrl-C once more ends this one alone, and "
        "nothing is saved.\n"
    )
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60.0)
    twice = "likelinet: Ctrl-C came twice, so this process ends without the others.\n"
    assert (started.returncode, said) == (128 + signal.SIGINT, twice)


def test_all_descriptors_may_be_closed(tmp_path: Path):
    within = f"    open({str(tmp_path / 'done')!r}, 'w').write('whole')"
    command = shlex.join([sys.executable, "-c", BEGIN + within])
    assert subprocess.run(["sh", "-c", f"{command} <&- >&- 2>&-"], check=False).returncode == 0
    assert (tmp_path / "done").read_text() == "whole"


def test_ctrl_c_is_handed_over():
    within = """
    try:
        print("begun", flush=True)
        time.sleep(600.0)
    except KeyboardInterrupt:
        sys.exit(130)
"""
    started = begun(within)
    assert started.stdout is not None
    assert started.stdout.readline() == "begun\n"
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=60.0)
    assert started.returncode == 130


def test_a_process_ends_when_the_one_beside_it_is_killed():
    started = begun(DEAF)
    assert started.stdout is not None
    assert started.stdout.readline() == "deaf\n"
    started.kill()
    assert started.communicate(timeout=60.0) == ("", "")  # which waits until nobody writes any longer
