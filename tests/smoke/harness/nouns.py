"""What users configure: the path's noun, and a body that makes one of that name, which does nothing by itself."""

NOUNS = {
    "monitors": lambda name: {"name": name, "type": "http", "paused": True, "http": {"url": "http://127.0.0.1:9/"}},
    "channels": lambda name: {"name": name, "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}},
    "alert-rules": lambda name: {"name": name},
    "schedules": lambda name: {"name": name},
}
