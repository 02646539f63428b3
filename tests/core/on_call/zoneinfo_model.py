"""Hand-offs as Python's zoneinfo sees them, against the answers of a program of ours:
`zoneinfo_model.py <on_call_answers> [points]`. Both read the system's tz database; the reading, the arithmetic and the
notion of a gap are Python's own here."""
import calendar
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

EPOCH = datetime(1970, 1, 1)
LAST = 2_140_000_000
UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
# Where clocks change at midnight, by half an hour, or skip a day.
KEEN = ["America/Havana", "Asia/Beirut", "Africa/Cairo", "Asia/Tehran", "America/Sao_Paulo", "Australia/Lord_Howe",
        "Pacific/Apia", "Europe/Paris", "America/New_York", "Asia/Kathmandu"]


def local_at(zone, instant):
    return (datetime.fromtimestamp(instant, timezone.utc).astimezone(zone)).replace(tzinfo=None, fold=0)


def seconds(x):
    return int((x - EPOCH).total_seconds())


def first(zone, local):
    """The first instant at which the clock shows `local`, or that after the gap in which it lies."""
    fits = []
    for fold in (0, 1):
        instant = seconds(local) - int(local.replace(tzinfo=zone, fold=fold).utcoffset().total_seconds())
        if local_at(zone, instant) == local:
            fits.append(instant)
    if fits:
        return min(fits)
    offsets = [int(local.replace(tzinfo=zone, fold=fold).utcoffset().total_seconds()) for fold in (0, 1)]
    low, high = seconds(local) - max(offsets) - 1, seconds(local) - min(offsets)
    while high - low > 1:  # the clock shows less before the change, more after it
        middle = (low + high) // 2
        low, high = (middle, high) if local_at(zone, middle) < local else (low, middle)
    return high


def hand_off(zone, unit, length, anchor, k):
    if unit != "month":
        return first(zone, anchor + UNITS[unit] * length * k)
    months = anchor.year * 12 + anchor.month - 1 + length * k
    year, month = months // 12, months % 12 + 1
    return first(zone, anchor.replace(year=year, month=month, day=min(anchor.day, calendar.monthrange(year, month)[1])))


def last_before(zone, unit, length, anchor, at):
    """From well before, a step at a time."""
    now = local_at(zone, at)
    if unit == "month":
        k = ((now.year - anchor.year) * 12 + now.month - anchor.month) // length - 2
    else:
        k = (now - timedelta(hours=26) - anchor) // (UNITS[unit] * length) - 1
    assert hand_off(zone, unit, length, anchor, k) <= at
    while (following := hand_off(zone, unit, length, anchor, k + 1)) <= at:
        k += 1
    return k, hand_off(zone, unit, length, anchor, k), following


def change_near(dice, zone):
    """A change of the clock within half a year of a random instant, or that instant."""
    low = dice.randrange(0, LAST - 20_000_000)
    high = low + 15_800_000
    offset = lambda t: datetime.fromtimestamp(t, timezone.utc).astimezone(zone).utcoffset()
    before = offset(low)
    if offset(high) == before:
        return low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high


def question(dice, zones):
    name = dice.choice(KEEN if dice.random() < 0.3 else zones)
    zone = ZoneInfo(name)
    unit = dice.choice(["hour", "day", "week", "month"])
    length = dice.randint(1, 48 if unit == "hour" else 5)
    at = change_near(dice, zone) + dice.choice([0, -1, 1, dice.randint(-100_000, 100_000)])
    at = min(max(at, 4_000_000), LAST)
    # As near and as far as schedules are anchored; close to the change its local time is one of the odd ones.
    anchor = EPOCH + timedelta(seconds=(at + dice.choice([0, dice.randint(-10**6, 10**6), dice.randint(-10**9, 10**9)])))
    anchor = max(anchor, EPOCH).replace(minute=dice.choice([0, 15, 30, 45]), second=0)
    return name, unit, length, min(anchor, datetime(2037, 12, 31, 23, 45)), at


def main(program, points):
    dice = random.Random(20260105)
    zones = sorted(x for x in available_timezones() if x != "localtime")
    questions = [question(dice, zones) for _ in range(points)]
    lines = "".join(f"{zone} {unit} {length} {seconds(anchor)} {at}\n" for zone, unit, length, anchor, at in questions)
    answers = subprocess.run([program], input=lines, capture_output=True, text=True, check=True, timeout=120)
    compared, wrong = 0, []
    for (name, unit, length, anchor, at), answer in zip(questions, answers.stdout.splitlines(), strict=True):
        if answer == "unknown":
            continue
        expected = last_before(ZoneInfo(name), unit, length, anchor, at)
        compared += 1
        if tuple(map(int, answer.split())) != expected:
            wrong.append(f"{name} every {length} {unit} from {anchor} at {at}: {answer}, not {expected}")
    print(f"{compared} of {points} points compared over {len(zones)} zones, {len(wrong)} differ")
    print("\n".join(wrong[:20]))
    return 1 if wrong or compared < points * 0.95 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000))
