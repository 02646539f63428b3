"""What must be true once everything has settled: rows against rows, and rows against what the receivers and the town
wrote down themselves. Each check gives a line for each thing that is wrong."""
import uuid

# Each gives rows that must not exist.
ROWS = {
    "an incident is not resolved":
        "SELECT id, state FROM incidents WHERE state <> 'resolved'",
    "an incident's timeline does not have its opening, its end or its acknowledgement exactly once": """
        SELECT i.id, array_agg(t.kind ORDER BY t.at) FROM incidents i LEFT JOIN incident_timeline t ON t.incident_id = i.id
        GROUP BY i.id HAVING count(*) FILTER (WHERE t.kind = 'opened') <> 1
          OR count(*) FILTER (WHERE t.kind = 'resolved') <> 1
          OR count(*) FILTER (WHERE t.kind = 'acknowledged') <> count(i.acknowledged_at) / count(*)""",
    "the events of an incident are not numbered from 1 without a gap": """
        SELECT i.id, i.sequence, array_agg(e.sequence ORDER BY e.sequence) FROM incidents i
        LEFT JOIN events e ON e.incident_id = i.id GROUP BY i.id, i.sequence
        HAVING count(*) <> i.sequence OR min(e.sequence) <> 1 OR max(e.sequence) <> i.sequence
          OR count(DISTINCT e.sequence) <> count(*)""",
    "an incident has not just its opening, its acknowledgement if there was one, and its end":
        "SELECT id, sequence, acknowledged_at FROM incidents WHERE sequence <> 2 + (acknowledged_at IS NOT NULL)::int",
    "an incident does not begin with its opening or does not end with its resolve": """
        SELECT i.id FROM incidents i WHERE NOT EXISTS (SELECT FROM events e WHERE e.incident_id = i.id AND e.sequence = 1
          AND e.type = 'incident.opened') OR NOT EXISTS (SELECT FROM events e WHERE e.incident_id = i.id
          AND e.sequence = i.sequence AND e.type = 'incident.resolved')""",
    "a channel that was told of an opening is not owed each event of the incident exactly once": """
        SELECT i.id, e.type, c.id, count(d.id) FROM incidents i CROSS JOIN unnest(i.told) c (id)
        JOIN events e ON e.incident_id = i.id LEFT JOIN deliveries d ON d.event_id = e.id AND d.channel_id = c.id
        GROUP BY i.id, e.id, e.type, c.id HAVING count(d.id) <> 1""",
    "a delivery was not made":
        "SELECT id, state, attempts, last_error FROM deliveries WHERE state <> 'succeeded'",
    "the attempts of a delivery are not numbered from 1 without a gap": """
        SELECT d.id, d.attempts, array_agg(a.number ORDER BY a.number) FROM deliveries d
        LEFT JOIN delivery_attempts a ON a.delivery_id = d.id GROUP BY d.id, d.attempts
        HAVING count(a.id) <> d.attempts OR max(a.number) <> d.attempts OR count(DISTINCT a.number) <> d.attempts""",
    "a delivery that was made is not in its incident's timeline exactly once": """
        SELECT d.id, count(t.id) FROM deliveries d LEFT JOIN incident_timeline t ON t.delivery_id = d.id
          AND t.kind = 'notified' WHERE d.incident_id IS NOT NULL GROUP BY d.id HAVING count(t.id) <> 1""",
    "a step of a monitor's status is missing": """
        SELECT * FROM (SELECT monitor_id, sequence, from_status, lag(to_status, 1, 'pending') OVER
          (PARTITION BY monitor_id ORDER BY sequence) AS before FROM status_changes) x WHERE from_status <> before""",
    "a monitor's status is not that of its last step": """
        SELECT s.monitor_id, s.status, c.to_status FROM monitor_state s JOIN LATERAL (SELECT to_status FROM status_changes c
          WHERE c.monitor_id = s.monitor_id ORDER BY sequence DESC LIMIT 1) c ON true WHERE c.to_status <> s.status""",
    "a monitor believes in an incident that is over": """
        SELECT s.monitor_id, s.open_incident_id FROM monitor_state s JOIN incidents i ON i.id = s.open_incident_id
        WHERE i.state = 'resolved'""",
    "an incident has no step to down, or a step to down no incident": """
        SELECT c.monitor_id, i.id FROM (SELECT * FROM status_changes WHERE to_status = 'down') c
        FULL JOIN incidents i ON i.id = c.incident_id WHERE c.monitor_id IS NULL OR i.id IS NULL""",
    "a round was written twice": """
        SELECT monitor_id, round_at, attempt, trigger, count(*) FROM check_results WHERE ping_kind IS NULL
        GROUP BY 1, 2, 3, 4 HAVING count(*) > 1""",
}


# Each does to one incident or delivery what the check of the same name must see.
HARM = {
    "an incident is not resolved":
        "UPDATE incidents SET state = 'triggered' WHERE id = {incident}",
    "an incident's timeline does not have its opening, its end or its acknowledgement exactly once":
        "DELETE FROM incident_timeline WHERE incident_id = {incident} AND kind = 'opened'",
    "an incident has not just its opening, its acknowledgement if there was one, and its end":
        "UPDATE incidents SET sequence = sequence + 1 WHERE id = {incident}",
    "the events of an incident are not numbered from 1 without a gap":
        "UPDATE events SET sequence = sequence + 1 WHERE incident_id = {incident}",
    "an incident does not begin with its opening or does not end with its resolve":
        "DELETE FROM events WHERE incident_id = {incident} AND sequence > 1",
    "a channel that was told of an opening is not owed each event of the incident exactly once":
        "DELETE FROM deliveries WHERE id = {delivery}",
    "a delivery was not made":
        "UPDATE deliveries SET state = 'failed' WHERE id = {delivery}",
    "the attempts of a delivery are not numbered from 1 without a gap":
        "UPDATE delivery_attempts SET number = number + 1 WHERE delivery_id = {delivery}",
    "a delivery that was made is not in its incident's timeline exactly once":
        "DELETE FROM incident_timeline WHERE delivery_id = {delivery}",
    "a step of a monitor's status is missing":
        "DELETE FROM status_changes WHERE incident_id = {incident} AND to_status = 'down'",
    "a monitor's status is not that of its last step":
        "UPDATE monitor_state SET status = 'down' WHERE monitor_id = {monitor}",
    "a monitor believes in an incident that is over":
        "UPDATE monitor_state SET open_incident_id = {incident} WHERE monitor_id = {monitor}",
    "an incident has no step to down, or a step to down no incident":
        "DELETE FROM status_changes WHERE incident_id = {incident}",
    "a round was written twice":
        "INSERT INTO check_results SELECT * FROM check_results WHERE ping_kind IS NULL LIMIT 1",
}


def blind_spots(sql):
    """The checks that do not see the harm they are for, which is done to settled rows and taken back."""
    incident, monitor, delivery = (f"'{x}'" for x in sql(
        "SELECT i.id, i.monitor_id, d.id FROM incidents i JOIN deliveries d ON d.incident_id = i.id "
        "ORDER BY i.number, d.id LIMIT 1")[0])
    return [what for what, query in ROWS.items() if not sql(
        f"BEGIN; {HARM[what].format(incident=incident, monitor=monitor, delivery=delivery)}; {query}; ROLLBACK")]


def rows(sql):
    """Rows against rows."""
    found = []
    for what, query in ROWS.items():
        bad = sql(query)
        found += [f"{what} ({len(bad)}): {row}" for row in bad[:5]]
    return found


def receivers(town, sql):
    """What each receiver was told against the outbox: nothing missing, nothing that was never committed."""
    found = []
    for channel, hook in town.channels:
        owed = {x[0] for x in sql(f"SELECT event_id FROM deliveries WHERE channel_id = '{bare(channel['id'])}'")}
        came = {}
        for attempt in hook.attempts:
            came.setdefault(attempt.id, []).append(attempt)
        where = hook.url.rsplit("/", 1)[1]
        taken = {bare(i) for i, xs in came.items() if any(a.answered == 200 for a in xs)}
        found += [f"{where}: {i} never arrived" for i in owed - taken]
        found += [f"{where}: {i} was told and is not on record" for i in {bare(x) for x in came} - owed]
        found += [f"{where}: {i} came with different bytes" for i, xs in came.items() if len({a.raw for a in xs}) > 1]
        found += _order(where, hook.attempts)
    return found + [f"the receiver: {x}" for x in town.receiver.faults]


def _order(where, attempts):
    """Within an incident: first the opening, then event by event; what is repeated is the newest."""
    found, last, seen = [], {}, {}
    for a in attempts:
        incident, event = a.event["data"]["incident"]["id"], (a.event["type"], a.event["sequence"])
        if event[1] not in (last.get(incident, 0), last.get(incident, 0) + 1):
            found.append(f"{where}: {incident}: event {event} came after {last.get(incident)}")
        last[incident] = event[1]
        if seen.setdefault((incident, event[1]), a.id) != a.id:
            found.append(f"{where}: {incident}: event {event} came under two ids")
    ends = {}
    for a in attempts:
        ends[a.event["data"]["incident"]["id"]] = a.event["type"]
    return found + [f"{where}: {i} ends with {t}" for i, t in ends.items() if t != "incident.resolved"]


def stories(town, sql):
    """Each failure that the town made and saw told is one incident, and there is no other; the calm have none."""
    found = [f"the town: {x}" for x in town.faults]
    for monitor in town.stories:
        count = int(sql(f"SELECT count(*) FROM incidents WHERE monitor_id = '{bare(monitor['id'])}'")[0][0])
        if count != town.failures[monitor["id"]]:
            found.append(f"{monitor['name']}: {town.failures[monitor['id']]} failures, {count} incidents")
    for monitor in town.calm:
        changes = sql(f"SELECT from_status, to_status FROM status_changes WHERE monitor_id = '{bare(monitor['id'])}'")
        if changes != [["pending", "up"]]:
            found.append(f"{monitor['name']} never failed, and went {changes}")
    noted = {x[0] for x in sql("SELECT incident_id FROM incident_timeline WHERE kind = 'acknowledged'")}
    return found + [f"{x}: the acknowledgement was accepted and is not on record"
                    for x in town.acknowledged if bare(x) not in noted]


def bare(identity):
    """The uuid inside an id of the API: Crockford's base 32."""
    value = 0
    for character in identity.rsplit("_", 1)[1]:
        value = value * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(character)
    return str(uuid.UUID(int=value))
