package provider

import (
	"reflect"
	"strings"
	"testing"
)

func TestAnEgressAddressIsABlockOfOne(t *testing.T) {
	m, d := egressBlocks([]any{"192.0.2.7", "198.51.100.0/24", "2001:db8::1", "2001:db8:1::/48"})
	if d.HasError() {
		t.Fatal(d)
	}
	if want := []string{"192.0.2.7/32", "198.51.100.0/24"}; !reflect.DeepEqual(m.V4, want) {
		t.Errorf("IPv4: %v", m.V4)
	}
	if want := []string{"2001:db8::1/128", "2001:db8:1::/48"}; !reflect.DeepEqual(m.V6, want) {
		t.Errorf("IPv6: %v", m.V6)
	}
	if len(m.All) != 4 || len(m.Addresses) != 4 {
		t.Errorf("all: %v", m)
	}
}

func TestAnEgressAddressThatIsNoneIsNotLeftOut(t *testing.T) {
	_, d := egressBlocks([]any{"192.0.2.7", "gateway.example.com"})
	if !d.HasError() || !strings.Contains(d[0].Detail(), "gateway.example.com") {
		t.Errorf("%v", d)
	}
}

func TestABlockBeginsWithItsFirstAddress(t *testing.T) {
	m, d := egressBlocks([]any{"192.0.2.7/24"})
	if d.HasError() || m.All[0] != "192.0.2.0/24" || m.Addresses[0] != "192.0.2.7/24" {
		t.Errorf("%v %v", m, d)
	}
}

func TestEveryNounCanBeLookedUp(t *testing.T) {
	for _, n := range nouns() {
		s := n.readShape()
		by := n.lookups(s)
		if len(by) == 0 || by[0] != "id" {
			t.Errorf("%s: %v", n.name, by)
		}
		for name, f := range s.Fields {
			if f.WriteOnly || strings.HasSuffix(name, "_wo") || strings.HasSuffix(name, "_wo_version") {
				t.Errorf("%s: %s is only written, and yet read", n.name, name)
			}
		}
	}
}

func TestCandidatesAreToldUpToABound(t *testing.T) {
	n := nouns()[0]
	rows := make([]map[string]any, mostCandidates+1)
	for i := range rows {
		rows[i] = map[string]any{"id": "x", "key": "k"}
	}
	text := n.tooMany(n.readShape(), "name", "twin", rows)
	if strings.Count(text, "id = ") != mostCandidates || !strings.Contains(text, "... and more") {
		t.Error(text)
	}
}
