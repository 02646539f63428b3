"""Occurrences of maintenance windows as Python's zoneinfo and dateutil see them, against the answers of a program of
ours: `maintenance_model.py <maintenance_answers> [schedules]`. Rules are expanded by dateutil, the other schedules day by
day here; cron expressions are made from the sets that they mean."""
import calendar
import random
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr

sys.path.insert(0, str(Path(__file__).parent.parent / "on_call"))
from zoneinfo_model import EPOCH, KEEN, change_near, first, local_at, seconds  # noqa: E402

DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
CHAIN = timedelta(days=62)


def some(dice, values, most):
    return sorted(dice.sample(list(values), dice.randint(1, most)))


def each_day(low, high):
    day = low.date()
    while day <= high.date():
        yield day
        day += timedelta(days=1)


def of_month(wanted, day):
    length = calendar.monthrange(day.year, day.month)[1]
    return day.day in wanted or day.day - length - 1 in wanted


def weekly(dice, near):
    days, start = some(dice, range(7), 3), dice.randrange(1440)
    matches = lambda day: day.weekday() in days
    return ",".join(map(str, days)), start * 60, daily(matches, [start])


def monthly(dice, near):
    days, start = some(dice, [*range(1, 32), *range(-31, 0)], 4), dice.randrange(1440)
    return ",".join(map(str, days)), start * 60, daily(lambda day: of_month(days, day), [start])


def daily(matches, minutes):
    return lambda low, high: [datetime.combine(day, datetime.min.time()) + timedelta(minutes=m)
                              for day in each_day(low, high) if matches(day) for m in minutes]


def cron_field(dice, low, high, names=None):
    """A text and the set that it means."""
    kind = dice.random()
    if kind < 0.4:
        return "*", set(range(low, high + 1))
    if kind < 0.5:
        step = dice.randint(2, 7)
        return f"*/{step}", set(range(low, high + 1, step))
    say = lambda n: names[n - low] if names and dice.random() < 0.5 else str(n)
    parts, values = [], set()
    for _ in range(dice.randint(1, 3)):
        a, b = sorted((dice.randint(low, high), dice.randint(low, high)))
        if dice.random() < 0.6:
            b, text = a, say(a)
        elif dice.random() < 0.5:
            text = f"{say(a)}-{say(b)}"
        else:
            step = dice.randint(1, 5)
            parts.append(f"{a}-{b}/{step}")
            values |= set(range(a, b + 1, step))
            continue
        parts.append(text)
        values |= set(range(a, b + 1))
    return ",".join(parts), values


def cron(dice, near):
    minutes = sorted(dice.sample(range(60), dice.randint(1, 2)))
    hours = sorted(dice.sample(range(24), dice.randint(1, 4)))
    month_text, months = cron_field(dice, 1, 12, MONTHS)
    day_text, days = cron_field(dice, 1, 31)
    week_text, week = cron_field(dice, 0, 6, [d.lower() for d in ("sun", "mon", "tue", "wed", "thu", "fri", "sat")])
    last = day_text[0] != "*" and dice.random() < 0.2
    if last:
        day_text += ",L"
    either = day_text[0] != "*" and week_text[0] != "*"

    def matches(day):
        a = day.day in days or last and day.day == calendar.monthrange(day.year, day.month)[1]
        b = (day.weekday() + 1) % 7 in week
        return day.month in months and (a or b if either else a and b)
    text = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} {day_text} {month_text} {week_text}"
    return text, 0, daily(matches, [h * 60 + m for h in hours for m in minutes])


def rule(dice, start):
    frequency = dice.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    add = lambda chance, text: dice.random() < chance and parts.append(text())
    numbers = lambda values, most: ",".join(map(str, some(dice, values, most)))
    add(0.5, lambda: f"INTERVAL={dice.randint(1, 5)}")
    add(0.3, lambda: f"BYMONTH={numbers(range(1, 13), 6)}")
    if frequency != "WEEKLY":
        add(0.3, lambda: f"BYMONTHDAY={numbers([*range(1, 32), *range(-31, 0)], 5)}")
    if frequency == "YEARLY":
        add(0.2, lambda: f"BYYEARDAY={numbers([*range(1, 367), *range(-366, 0)], 40)}")
    # All with a number or none: of others dateutil wants both to hold, RFC 5545 either.
    numbered = frequency in ("MONTHLY", "YEARLY") and dice.random() < 0.5
    ordinal = lambda: dice.choice(["1", "2", "-1", "5", "-5"]) if numbered else ""
    add(0.5, lambda: "BYDAY=" + ",".join(dict.fromkeys(ordinal() + d for d in dice.sample(DAYS, dice.randint(1, 4)))))
    add(0.2, lambda: f"BYHOUR={numbers(range(24), 3)}")
    add(0.2, lambda: f"BYMINUTE={numbers(range(60), 2)}")
    if frequency in ("MONTHLY", "YEARLY") and any(p.startswith("BY") for p in parts):
        add(0.3, lambda: f"BYSETPOS={numbers([*range(1, 6), *range(-5, 0)], 2)}")
    add(0.3, lambda: f"WKST={dice.choice(DAYS)}")
    if dice.random() < 0.3:
        parts.append(f"COUNT={dice.randint(1, 400)}")
    elif dice.random() < 0.4:
        parts.append("UNTIL=" + (start + timedelta(days=dice.randint(0, 2000), hours=3)).strftime("%Y%m%dT%H%M%S"))
    return ";".join(parts)


def rrule(dice, near):
    start = (near - timedelta(days=dice.choice([0, 1, 30, 400, 3000]), minutes=dice.randrange(1440))).replace(second=0)
    text = rule(dice, start)
    expanded = rrulestr(text, dtstart=start)
    return text, seconds(start), lambda low, high: expanded.between(low, high, inc=True)


KINDS = {"weekly": weekly, "monthly": monthly, "cron": cron, "rrule": rrule}


def expected(zone, starts, excluded, duration, low, high):
    at = lambda t: local_at(zone, t)
    around = timedelta(days=3)
    begun = sorted({first(zone, s) for s in starts(at(low) - CHAIN - around, at(high) + CHAIN + around) if s not in excluded})
    merged = []
    for s in begun:
        if merged and s <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], s + duration)
        else:
            merged.append([s, s + duration])
    return [f"{a}-{b}" for a, b in merged if b > low and a < high]


def question(dice, zones):
    name = dice.choice(KEEN if dice.random() < 0.5 else zones)
    zone = ZoneInfo(name)
    middle = min(max(change_near(dice, zone), 400_000_000), 2_100_000_000)
    kind = dice.choice(list(KINDS))
    what, start, starts = KINDS[kind](dice, local_at(zone, middle))
    duration = dice.choice([60, 600, 1800, 3600, 3601, 7200, 10 * 3600])
    low = middle + dice.randint(-10, 2) * 86400
    high = low + dice.randint(1, 12 * 86400)
    excluded = set()
    if kind == "rrule" and dice.random() < 0.4:
        found = starts(local_at(zone, low), local_at(zone, high))
        excluded = set(dice.sample(found, min(len(found), 2)))
    line = f"{name}|{kind}|{what}|{start}|{duration}|{','.join(str(seconds(x)) for x in sorted(excluded))}|{low}|{high}"
    return line, (zone, starts, excluded, duration, low, high)


def main(program, schedules):
    dice = random.Random(20261126)
    zones = sorted(x for x in available_timezones() if x not in ("localtime", "Factory"))
    questions = [question(dice, zones) for _ in range(schedules)]
    answers = subprocess.run([program], input="".join(line + "\n" for line, _ in questions), capture_output=True, text=True,
                             check=True, timeout=200).stdout.splitlines()
    found, wrong = 0, []
    for (line, about), answer in zip(questions, answers, strict=True):
        wanted = expected(*about)
        found += len(wanted)
        if answer.split() != wanted:
            wrong.append(f"{line}\n  ours  {answer}\n  model {' '.join(wanted)}")
    print(f"{schedules} schedules over {len(zones)} zones, {found} occurrences, {len(wrong)} differ")
    print("\n".join(wrong[:10]))
    return 1 if wrong or found < schedules else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 6_000))
