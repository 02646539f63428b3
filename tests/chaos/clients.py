"""Clients that keep books: what each 2xx promised is on record outside the engine, and what nobody answered is in doubt
and may be either way."""
import http.client
import threading
import time

# A 503 with one of these codes says that nothing was written. Without an answer, or with any other, it is not known.
CERTAINLY_NOT = {"busy", "unavailable"}


class Resource:
    """One resource, written by one client only: its name is its value."""

    def __init__(self, path, name, identity=None, version=None):
        self.path, self.id, self.name, self.version = path, identity, name, version
        self.doubtful = []    # names that may have been written since the last answer, in order
        self.gone = False     # deleted: 204
        self.maybe_gone = False


class Client:
    """Creates, renames and deletes until told to stop; `books` are its resources, `faults` what no answer may be."""

    def __init__(self, api, dice, name, bodies, pause=0.02):
        self.api, self.dice, self.name, self.bodies, self.pause = api, dice, name, bodies, pause
        self.books, self.faults, self.lost_creates = [], [], []
        self.accepted = self.refused = self.told_503 = self.doubts = self.slowest = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name=name)
        self._count = 0

    def start(self):
        self._thread.start()

    def leave(self):
        """Stops after the present request."""
        self._stopping.set()

    def stop(self):
        self.leave()
        self._thread.join(40)
        assert not self._thread.is_alive(), f"{self.name} hangs"

    def _work(self):
        while not self._stopping.wait(self.pause):
            living = [r for r in self.books if not (r.gone or r.maybe_gone)]
            roll = self.dice.random()
            if len(living) < 5 or (roll < 0.3 and len(living) < 40):
                self._create()
            elif roll < 0.85:
                self._rename(self.dice.choice(living))
            else:
                self._delete(self.dice.choice(living))

    def _fresh(self):
        self._count += 1
        return f"{self.name} {self._count}"

    def write(self, method, path, body=None):
        """The answer; nothing when the outcome is in doubt; False when it was certainly not written."""
        began = time.monotonic()
        try:
            answer = self.api.send(method, path, body, timeout=30)
        except ConnectionRefusedError:
            self.refused += 1
            return False
        except (OSError, http.client.HTTPException):
            self.doubts += 1
            return None
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status in (200, 201, 204):
            self.accepted += 1
            return answer
        if answer.status != 503:
            self.faults.append(f"{method} {path}: {answer!r}")
            return answer
        self.told_503 += 1
        if "retry-after" not in answer.headers:
            self.faults.append(f"503 without Retry-After: {method} {path}: {answer!r}")
        if answer.document()["code"] in CERTAINLY_NOT:
            self.refused += 1
            return False
        self.doubts += 1
        return None

    def _create(self):
        path, name = self.dice.choice(sorted(self.bodies)), self._fresh()
        answer = self.write("POST", path, {**self.bodies[path], "name": name})
        if answer is None:
            self.lost_creates.append((path, name))
        elif answer and answer.status == 201:
            made = answer.document()
            self.books.append(Resource(path, name, made["id"], made["version"]))

    def _rename(self, resource):
        if resource.path == "/api/tokens":
            return
        name = self._fresh()
        answer = self.write("PATCH", f"{resource.path}/{resource.id}", {"name": name})
        if answer is None:
            resource.doubtful.append(name)
        elif answer and answer.status == 200:
            version = answer.document()["version"]
            steps = version - resource.version
            if not 1 <= steps <= 1 + len(resource.doubtful):
                self.faults.append(f"{resource.id}: version {version} after {resource.version} and "
                                   f"{len(resource.doubtful)} doubtful writes")
            resource.name, resource.version, resource.doubtful = name, version, []

    def _delete(self, resource):
        answer = self.write("DELETE", f"{resource.path}/{resource.id}")
        if answer is None:
            resource.maybe_gone = True
        elif answer and answer.status == 204:
            resource.gone = True


def settle_accounts(clients, api):
    """A line for each way in which what is there differs from what was promised."""
    found = [f"{c.name}: {x}" for c in clients for x in c.faults]
    for path in sorted({p for c in clients for p in c.bodies}):
        rows = {x["id"]: x for x in api.all(path)}
        names = {}
        for x in rows.values():
            names.setdefault(x["name"], []).append(x["id"])
        found += [f"{path}: {ids} have one name, {name}" for name, ids in names.items() if len(ids) > 1]
        known = set()
        for resource in (r for c in clients for r in c.books if r.path == path):
            known.add(resource.id)
            found += _compare(resource, rows.get(resource.id))
        allowed = {name for c in clients for p, name in c.lost_creates if p == path}
        for client in clients:
            found += [f"{path}/{x['id']}: nobody was told of it: {x['name']}" for x in rows.values()
                      if x["id"] not in known and x["name"].startswith(client.name + " ") and x["name"] not in allowed]
    return found


def _compare(resource, row):
    where = f"{resource.path}/{resource.id}"
    if resource.gone:
        return [f"{where}: deleted, and here it is"] if row else []
    if row is None:
        return [] if resource.maybe_gone else [f"{where}: accepted and lost"]
    if row["name"] == resource.name and row["version"] == resource.version:
        return []
    if row["name"] in resource.doubtful and row["version"] > resource.version:
        return []
    return [f"{where}: {row['name']!r} version {row['version']} is there, {resource.name!r} version "
            f"{resource.version} was accepted, {resource.doubtful} were in doubt"]
