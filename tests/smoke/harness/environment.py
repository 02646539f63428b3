"""What a child process is given to see."""
import os


def clean_environment(extra=None):
    """The caller's environment without anything that configures gochron."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GOCHRON_", "PG")) and k != "DATABASE_URL"}
    env.update(extra or {})
    return env
