package model

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// node is of an object with these properties, written and answered.
func node(t *testing.T, in, out string) *Node {
	t.Helper()
	var d openapi.Document
	text := `{"components":{"schemas":{"In":{"type":"object",` + in + `},"Out":{"type":"object",` + out + `}}}}`
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return &Node{Kind: Object, Fields: Fields(&d, d.Schema("In"), d.Schema("Out"))}
}

const (
	targetIn = `"required":["token"],"properties":{
		"token":{"type":"string","writeOnly":true},
		"note":{"type":["string","null"],"default":null},
		"count":{"type":["integer","null"],"minimum":0,"default":0},
		"tags":{"type":"array","items":{"type":"string"},"x-gochron-set":true,"default":[]},
		"value":{"anyOf":[{"type":"integer"},{"type":"string"},{"type":"array","items":{"type":"string"}}]}}`
	targetOut = `"properties":{
		"token":{"type":"null"},
		"token_fingerprint":{"type":["string","null"]},
		"token_masked":{"type":["string","null"]},
		"note":{"type":["string","null"]},
		"count":{"type":["integer","null"]},
		"tags":{"type":"array","items":{"type":"string"},"x-gochron-set":true},
		"value":{}}`
)

func TestPropertiesBecomeAttributes(t *testing.T) {
	n := node(t, targetIn, targetOut)
	want := []string{"count", "count_unlimited", "note", "tags", "token_fingerprint", "token_masked", "token_wo", "token_wo_version",
		"value", "value_list", "value_number"}
	if !reflect.DeepEqual(n.Names(), want) {
		t.Fatalf("%v", n.Names())
	}
	secret := n.Fields["token_wo"]
	if !secret.WriteOnly || !secret.Required || n.Fields["token_fingerprint"].DigestOf != "token_wo" || n.Fields["token_masked"].FollowsOf != "token_wo" {
		t.Error("the secret is not known for one")
	}
	if n.Fields["tags"].Kind != Set {
		t.Error("a set is no set")
	}
}

func object(t *testing.T, n *Node, given map[string]any) tftypes.Value {
	t.Helper()
	all := map[string]tftypes.Value{}
	for name, f := range n.Fields {
		x := given[name]
		if list, ok := x.([]string); ok {
			var items []tftypes.Value
			for _, item := range list {
				items = append(items, tftypes.NewValue(tftypes.String, item))
			}
			x = items
		}
		all[name] = tftypes.NewValue(f.TerraformType(), x)
	}
	return tftypes.NewValue(n.TerraformType(), all)
}

func TestWhatIsWritten(t *testing.T) {
	n := node(t, targetIn, targetOut)
	for _, x := range []struct {
		name         string
		plan, config map[string]any
		want         map[string]any
	}{
		{"nothing", nil, nil, map[string]any{}},
		{"a secret is of the configuration", map[string]any{"token_wo_version": 1}, map[string]any{"token_wo": "s"}, map[string]any{"token": "s"}},
		{"no limit is null", map[string]any{"count": 0, "count_unlimited": true}, nil, map[string]any{"count": nil}},
		{"a limit is a number", map[string]any{"count": 7, "count_unlimited": false}, nil, map[string]any{"count": json.Number("7")}},
		{"sets are sorted", map[string]any{"tags": []string{"b", "a"}}, nil, map[string]any{"tags": []any{"a", "b"}}},
		{"one of several types", map[string]any{"value_number": 5}, nil, map[string]any{"value": json.Number("5")}},
		{"another of them", map[string]any{"value_list": []string{"b", "a"}}, nil, map[string]any{"value": []any{"b", "a"}}},
		{"an empty text is a text", map[string]any{"note": ""}, nil, map[string]any{"note": ""}},
		{"the unknown is left out", map[string]any{"note": tftypes.UnknownValue}, nil, map[string]any{}},
	} {
		got, err := n.ObjectToJSON(object(t, n, x.plan), object(t, n, x.config))
		if err != nil || !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: %v %v", x.name, got, err)
		}
	}
}

func TestWhatIsAnswered(t *testing.T) {
	n := node(t, targetIn, targetOut)
	for _, x := range []struct {
		name   string
		answer string
		prior  map[string]any
		want   map[string]any
	}{
		{"a null that is no default", `{"count":null}`, nil, map[string]any{"count": 0, "count_unlimited": true}},
		{"a number", `{"count":7}`, nil, map[string]any{"count": 7, "count_unlimited": false}},
		{"a secret never is", `{"count":0,"token":null,"token_fingerprint":"ab"}`, map[string]any{"token_wo_version": 3},
			map[string]any{"count": 0, "count_unlimited": false, "token_fingerprint": "ab", "token_wo_version": 3}},
		{"the type says where it goes", `{"count":0,"value":"x"}`, nil, map[string]any{"count": 0, "count_unlimited": false, "value": "x"}},
		{"and so does a list's", `{"count":0,"value":["x"]}`, nil, map[string]any{"count": 0, "count_unlimited": false, "value_list": []string{"x"}}},
		{"big numbers are exact", `{"count":9007199254740993}`, nil, map[string]any{"count": int64(9007199254740993), "count_unlimited": false}},
	} {
		answer, err := Decode([]byte(x.answer))
		if err != nil {
			t.Fatal(err)
		}
		prior := tftypes.NewValue(n.TerraformType(), nil)
		if x.prior != nil {
			prior = object(t, n, x.prior)
		}
		got, err := n.ToTerraform(answer, prior)
		if want := object(t, n, x.want); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, expected %v (%v)", x.name, got, want, err)
		}
	}
}

func TestAFingerprintIsPlannedFromTheSecret(t *testing.T) {
	n := node(t, targetIn, targetOut)
	const ofSecret = "2bb80d537b1da3e3" // sha256("secret")
	state := object(t, n, map[string]any{"token_fingerprint": ofSecret, "token_masked": "***"})
	for _, x := range []struct {
		name           string
		secret         any
		digest, masked any
	}{
		{"the same", "secret", ofSecret, "***"},
		{"another", "other", "d9298a10d1b07358", tftypes.UnknownValue},
		{"none", nil, nil, tftypes.UnknownValue},
		{"one that is not known yet", tftypes.UnknownValue, tftypes.UnknownValue, tftypes.UnknownValue},
	} {
		planned, err := n.PlanDigests(state, object(t, n, map[string]any{"token_wo": x.secret}), state)
		if want := object(t, n, map[string]any{"token_fingerprint": x.digest, "token_masked": x.masked}); err != nil || !planned.Equal(want) {
			t.Errorf("%s: %v (%v)", x.name, planned, err)
		}
	}
}

func TestWhatIsNotKnownYet(t *testing.T) {
	n := node(t, targetIn, targetOut)
	if !n.Known(object(t, n, map[string]any{"note": "x", "token_fingerprint": tftypes.UnknownValue})) {
		t.Error("what is only answered need not be known")
	}
	if n.Known(object(t, n, map[string]any{"note": tftypes.UnknownValue})) {
		t.Error("a note is not known")
	}
}

func TestReservedNamesAreOthersAtTheRoot(t *testing.T) {
	fields := map[string]*Node{"depends_on": {Kind: Set, Property: "depends_on"}, "name": {}}
	if renamed := Rootable(fields); renamed["depends_on"] != "depends_on_ids" || fields["depends_on_ids"].Property != "depends_on" || len(fields) != 2 {
		t.Errorf("%v %v", renamed, fields)
	}
}

func TestAnAnswerOfAnotherTypeIsAnErrorAndNoCrash(t *testing.T) {
	n := node(t, targetIn, targetOut)
	for _, text := range []string{`{"count":"seven"}`, `{"tags":"a"}`, `{"note":["a"]}`, `{"note":{"a":1}}`, `[1]`, `"x"`} {
		answer, err := Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.ToTerraform(answer, tftypes.NewValue(n.TerraformType(), nil)); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestWhatIsDeprecatedSaysSo(t *testing.T) {
	n := node(t, `"properties":{"old":{"type":"string","description":"Use new.","deprecated":true},"new":{"type":"string"}}`,
		`"properties":{"old":{"type":"string"},"new":{"type":"string"}}`)
	all := ResourceAttributes(n.Fields)
	if all["old"].GetDeprecationMessage() != "Use new." || all["new"].GetDeprecationMessage() != "" {
		t.Errorf("%q %q", all["old"].GetDeprecationMessage(), all["new"].GetDeprecationMessage())
	}
}
