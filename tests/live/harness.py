# SPDX-License-Identifier: BSD-2-Clause
"""What a check is, how checks are run side by side, and how their outcome is told."""
import concurrent.futures
import threading
import time
import traceback

WORKERS = 6  # side by side: checks that mostly wait
ATTEMPTS = 3  # where what is measured is time, and the machine was busy
BUSY_SHARE = 0.5  # of all processors


class Failure(Exception):
    """What was expected and what came instead."""


class Late(Failure):
    """Something came later than it should: the program's fault, unless the machine was busy with other things."""


class Skipped(Exception):
    """Why a check cannot run here."""


class Stopped(Exception):
    """The whole run is being ended: nothing new may be started."""


class Check:
    """A named check: a function that raises Failure or Skipped, and the sentence that it proves."""

    def __init__(self, name, sentence, function, is_heavy):
        self.name = name
        self.sentence = sentence
        self.function = function
        self.is_heavy = is_heavy


CHECKS = []


def check(name, sentence, heavy=False):
    """Registers the decorated function. A heavy check runs alone: it floods, or measures processor time."""
    def register(function):
        CHECKS.append(Check(name, sentence, function, heavy))
        return function
    return register


def expect(condition, what, expected, got, failure=Failure):
    if not condition:
        raise failure("%s: expected %s, got %s" % (what, expected, got))


def expect_equal(got, expected, what):
    expect(got == expected, what, "%r" % (expected,), "%r" % (got,))


def expect_within(got, low, high, what):
    expect(low <= got <= high, what, "%s to %s" % (low, high), "%s" % (got,))


def expect_soon(got, latest, what):
    """A time after something: not before it, and not later than `latest`."""
    expect(got >= 0, what, "0 to %s" % latest, got)
    expect(got <= latest, what, "0 to %s" % latest, got, Late)


def wait_until(condition, seconds, what):
    """Waits until `condition()` is true; Late when that takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Late("%s: expected within %s s, got nothing" % (what, seconds))
        time.sleep(0.005)


class Tally:
    """Counts outcomes and prints each one as soon as it is there."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self._is_closed = False
        self._lock = threading.Lock()

    def close(self):
        """The run is being ended: what fails from now on fails because of that."""
        with self._lock:
            self._is_closed = True

    def tell(self, check_, outcome, detail=""):
        with self._lock:
            if self._is_closed:
                return
            if outcome == "ok":
                self.passed += 1
                print("ok: %s: %s" % (check_.name, check_.sentence), flush=True)
            elif outcome == "again":
                print("again: %s: %s; but the machine is busy" % (check_.name, detail), flush=True)
            elif outcome == "skipped":
                self.skipped += 1
                print("skipped: %s: %s" % (check_.name, detail), flush=True)
            else:
                self.failed += 1
                print("FAIL: %s: %s\n  %s" % (check_.name, check_.sentence, detail.replace("\n", "\n  ")), flush=True)

    def summary(self):
        return "live: %d passed, %d failed, %d skipped" % (self.passed, self.failed, self.skipped)


def processor_times():
    """(Busy, all) since the machine was started, over all processors."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, idle, iowait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    busy = user + nice + system + irq + softirq + steal
    return busy, busy + idle + iowait


def was_busy(before):
    (busy_before, all_before), (busy, all_) = before, processor_times()
    return busy - busy_before >= BUSY_SHARE * (all_ - all_before)


def run_check(check_, tally):
    """A check that finds something late is run again if the machine was busy: then the time says nothing of the
    program. What is wrong for another reason fails at once."""
    try:
        for attempt in range(1, ATTEMPTS + 1):
            before = processor_times()
            try:
                check_.function()
                return tally.tell(check_, "ok")
            except Late as late:
                if attempt == ATTEMPTS or not was_busy(before):
                    raise
                tally.tell(check_, "again", str(late))
    except Skipped as reason:
        tally.tell(check_, "skipped", str(reason))
    except Failure as failure:
        tally.tell(check_, "failed", str(failure))
    except Stopped:
        pass
    except Exception:  # a fault of the test itself
        tally.tell(check_, "failed", traceback.format_exc().strip())


def run_checks(checks, tally):
    """The light ones side by side, then the heavy ones one after another."""
    pool = concurrent.futures.ThreadPoolExecutor(WORKERS)
    try:
        futures = [pool.submit(run_check, check_, tally) for check_ in checks if not check_.is_heavy]
        for future in futures:
            future.result()
    except BaseException:
        tally.close()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for check_ in checks:
        if check_.is_heavy:
            run_check(check_, tally)
