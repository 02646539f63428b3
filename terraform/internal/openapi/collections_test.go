package openapi

import "testing"

func TestCollectionsAreWhatCanBeMadeAndDeleted(t *testing.T) {
	found := map[string]Collection{}
	for _, c := range Embedded().Collections() {
		found[c.Name] = c
	}
	m := found["monitor"]
	if m.Path != "/api/monitors" || m.In != "MonitorInput" || m.Out != "Monitor" || !m.Put || !m.Batch || !m.Keyed || !m.IfMatch {
		t.Errorf("monitors: %+v", m)
	}
	o := found["schedule_override"]
	if o.Path != "/api/schedules/{id}/overrides" || !o.Put || !o.Patch || o.Batch || o.Out != "ScheduleOverride" {
		t.Errorf("overrides: %+v", o)
	}
	if token := found["token"]; token.Created != "CreatedToken" || token.Out != "Token" || token.Put || !token.Patch {
		t.Errorf("tokens: %+v", token)
	}
	if _, ok := found["incident"]; ok {
		t.Error("an incident is nothing that is configured")
	}
}
