"""What every story starts from: see harness/fixtures.py."""
from harness.fixtures import *
