"""Waiting on conditions, always with a bound."""
import time


def eventually(check, within=10.0, every=0.05, what=None):
    """Calls `check` until it returns something true without an AssertionError, and returns that.

    After `within` seconds the last failure is raised as it is."""
    deadline = time.monotonic() + within
    while True:
        failure = None
        try:
            value = check()
            if value:
                return value
        except AssertionError as e:
            failure = e
        if time.monotonic() >= deadline:
            raise failure or AssertionError(f"not within {within} s: {what or check}")
        time.sleep(every)


def holds(check, during=1.0, every=0.05):
    """Asserts that `check` is true for as long as `during`: for what must *not* happen."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        assert check()
        time.sleep(every)
