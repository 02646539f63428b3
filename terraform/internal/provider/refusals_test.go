package provider

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	"github.com/gochron/terraform-provider-gochron/internal/harness"
)

// told is what somebody is told who runs Terraform: its output without the frame and the breaks of lines.
func told(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(text)), " ")
}

const monitorOnly = `resource "gochron_monitor" "shop" {
  name   = "Shop"
  paused = true
  http   = { url = "https://shop.example.com/" }
}
`

type story struct {
	*testing.T
	server    *harness.Server
	terraform *harness.Terraform
}

func (s story) refused(what string, words ...string) {
	s.Helper()
	text, err := s.terraform.Try(strings.Fields(what)...)
	if err == nil {
		s.Fatalf("terraform %s went well", what)
	}
	for _, word := range words {
		if !strings.Contains(told(text), word) {
			s.Errorf("nothing of %q in: %s", word, told(text))
		}
	}
}

const required = `terraform {
  required_providers {
    gochron = { source = "gochron/gochron" }
  }
}
`

func (s story) write(configuration string) {
	s.terraform.Write("main.tf", required+configuration)
}

func TestWhatGoesWrongIsToldWhereItIsWithTheRemedy(t *testing.T) {
	server := harness.Start(t, "GOCHRON_RATE_LIMIT=0", "GOCHRON_HOSTED=1")
	binary := harness.Provider(t, "")
	begin := func(t *testing.T, s *harness.Server) story {
		return story{T: t, server: s, terraform: harness.Workspace(t, binary, s)}
	}
	const apply = "apply -auto-approve -no-color"

	t.Run("an edit since the plan", func(t *testing.T) {
		s := begin(t, server)
		s.write(monitorOnly)
		s.terraform.Apply()
		id := s.terraform.State()["gochron_monitor.shop"]["id"].(string)
		s.write(strings.Replace(monitorOnly, "Shop", "Front", 1))
		s.terraform.Run("plan", "-out=plan")
		server.Call("PATCH", "/api/monitors/"+id, map[string]any{"description": "by hand"})
		s.refused("apply -no-color plan", "Changed since the plan", "plan again")
		s.terraform.Run("plan", "-destroy", "-out=plan")
		server.Call("PATCH", "/api/monitors/"+id, map[string]any{"description": "by hand again"})
		s.refused("apply -no-color plan", "Changed since the plan")
		s.terraform.Apply()
		if left := server.Call("GET", "/api/monitors/"+id, nil); left["name"] != "Front" || left["description"] != nil {
			t.Errorf("after a fresh plan it is %v", left)
		}
	})
	t.Run("a rule that breaks what the server knows, at plan time", func(t *testing.T) {
		s := begin(t, server)
		s.write(strings.Replace(monitorOnly, "paused = true", "paused = true\n  interval_seconds = 5\n  timeout_ms = 6000", 1))
		s.refused("plan -no-color", "Cannot plan this monitor", "timeout_ms = 6000")
	})
	t.Run("what the schema refuses, without asking anybody", func(t *testing.T) {
		s := begin(t, server)
		s.write(`resource "gochron_monitor" "shop" {
  name             = "Shop"
  key              = "Not a key"
  interval_seconds = 0
  expires_at       = "tomorrow"
  tcp              = { host = "a", port = 1 }
  http             = { url = "https://a/", method = "BREW", auth = { type = "none" } }
}
resource "gochron_escalation_policy" "night" {
  name   = "Night"
  steps  = []
  repeat = { count = 1, count_unlimited = true }
}
resource "gochron_alert_rule" "slow" {
  name       = "Slow"
  conditions = { terms = [{ field = "latency_ms", operator = "gt" }] }
}`)
		s.refused("validate -no-color", "Attribute key must match", "Attribute interval_seconds value must be between 1 and 86400",
			"Attribute http.method value must be one of", "is not valid RFC3339", "Says nothing", "Exactly one of these attributes must be configured",
			"Attribute steps list must contain at least 1 elements", "repeat.count_unlimited", "There must be exactly one of value_number, value, value_number_list, value_list")
	})
	t.Run("what Terraform writes of what it imports, which is none of it", func(t *testing.T) {
		s := begin(t, server)
		channel := server.Call("POST", "/api/channels", map[string]any{"name": "M", "type": "email", "email": map[string]any{"to": []string{"a@example.com"}}})["id"]
		step := map[string]any{"key": "a", "targets": []any{map[string]any{"type": "channel", "id": channel}}}
		for key, count := range map[string]any{"forever": nil, "twice": 2, "once": 0} {
			server.Call("POST", "/api/escalation-policies", map[string]any{"name": key, "key": key, "repeat": map[string]any{"count": count}, "steps": []any{step}})
			s.terraform.Write(key+".tf", "import {\n  to = gochron_escalation_policy."+key+"\n  id = \"key:"+key+"\"\n}\n")
		}
		s.write("")
		s.terraform.Run("plan", "-no-color", "-generate-config-out=generated.tf")
		s.terraform.Apply()
		if plan := s.terraform.Plan(); len(plan) > 0 {
			t.Errorf("the plan after it: %v", plan)
		}
	})
	t.Run("a reference to nothing, at plan time", func(t *testing.T) {
		s := begin(t, server)
		s.write(`resource "gochron_alert_rule" "all" {
  name        = "All"
  monitor_ids = ["mon_01kdz0c3v8e7q9b5n2m4x6y8za"]
}`)
		s.refused("plan -no-color", "Cannot plan this alert rule", "monitor_ids", "refer to its attribute")
	})
	t.Run("a key that is taken", func(t *testing.T) {
		s := begin(t, server)
		server.Call("POST", "/api/teams", map[string]any{"name": "Ops", "key": "ops"})
		s.write("resource \"gochron_team\" \"ops\" {\n  name = \"Ops\"\n  key  = \"ops\"\n}\n")
		s.refused(apply, "key = \"ops\"", "Import what has it")
	})
	t.Run("something in use", func(t *testing.T) {
		s := begin(t, server)
		s.write(monitorOnly + "resource \"gochron_channel_webhook\" \"hook\" {\n  name = \"Hook\"\n  url = \"https://hook.example.com/\"\n}\n")
		s.terraform.Apply()
		channel := s.terraform.State()["gochron_channel_webhook.hook"]["id"].(string)
		rule := server.Call("POST", "/api/alert-rules", map[string]any{"name": "R", "channel_ids": []string{channel}})["id"].(string)
		s.write(monitorOnly)
		s.refused(apply, "Cannot delete this channel webhook", rule, "Remove what refers to it first")
		server.Call("DELETE", "/api/alert-rules/"+rule, nil)
		s.terraform.Apply()
	})
	t.Run("something in use, together with what uses it", func(t *testing.T) {
		s := begin(t, server)
		const hook = "resource \"gochron_channel_webhook\" \"hook\" {\n  name = \"Hook\"\n  url = \"https://hook.example.com/\"\n"
		const rule = "resource \"gochron_alert_rule\" \"all\" {\n  name = \"All\"\n"
		s.write(hook + "}\n" + rule + "  channel_ids = [gochron_channel_webhook.hook.id]\n}\n")
		s.terraform.Apply()
		s.write(rule + "}\n")
		s.refused(apply, "Cannot delete this channel webhook", "create_before_destroy = true")
		s.write(hook + "  lifecycle {\n    create_before_destroy = true\n  }\n}\n" + rule + "  channel_ids = [gochron_channel_webhook.hook.id]\n}\n")
		s.terraform.Apply()
		s.write(rule + "}\n")
		s.terraform.Apply()
	})
	t.Run("a token that may not", func(t *testing.T) {
		weak := *server
		weak.Token = server.Call("POST", "/api/tokens", map[string]any{"name": "weak", "scopes": []string{"*:read"}})["secret"].(string)
		s := begin(t, &weak)
		s.write(monitorOnly)
		s.refused(apply, "403 forbidden", "The token lacks a scope")
	})
	t.Run("a plan that holds no more", func(t *testing.T) {
		made := server.Call("POST", "/api/organizations", map[string]any{"name": "Small", "plan": "free"})
		small := *server
		small.Token = made["owner_token"].(map[string]any)["secret"].(string)
		s := begin(t, &small)
		s.write(strings.Replace(monitorOnly, "{\n", "{\n  count = 21\n", 1))
		s.refused(apply, "The organisation's plan holds no more", "gochron_limits")
	})
	t.Run("a parent that is not there", func(t *testing.T) {
		s := begin(t, server)
		s.write(`resource "gochron_schedule_override" "week" {
  of_schedule_id = "sch_01kdz0c3v8e7q9b5n2m4x6y8za"
  kind           = "add"
  user_ids       = ["usr_01kdz0c3v8e7q9b5n2m4x6y8za"]
  end_at         = "2037-01-01T00:00:00Z"
}`)
		s.refused("plan -no-color", "of_schedule_id", "There is no such thing")
	})
	t.Run("what somebody else has deleted", func(t *testing.T) {
		s := begin(t, server)
		s.write(monitorOnly)
		s.terraform.Apply()
		server.Call("DELETE", "/api/monitors/"+s.terraform.State()["gochron_monitor.shop"]["id"].(string), nil)
		s.terraform.Run("destroy", "-auto-approve", "-refresh=false")
		if left := s.terraform.State(); len(left) > 0 {
			t.Errorf("the state still has %v", left)
		}
	})
	t.Run("whom to ask is not known yet", func(t *testing.T) {
		s := begin(t, server)
		s.write(monitorOnly)
		s.terraform.Apply()
		s.write(`resource "terraform_data" "later" {
  input = "` + server.Token + `"
}
provider "gochron" {
  token = terraform_data.later.output
}
` + monitorOnly + `resource "gochron_team" "ops" {
  name = "Ops"
}
`)
		s.terraform.Apply() // the state's monitor is not read, and the team is made when the token is known
		if plan := s.terraform.Plan(); len(plan) > 0 {
			t.Errorf("the plan after it: %v", plan)
		}
	})
	t.Run("an import of nothing", func(t *testing.T) {
		s := begin(t, server)
		s.write(monitorOnly)
		s.refused("import -no-color gochron_monitor.shop key:nothing", "No such key")
		s.refused("import -no-color gochron_monitor.shop mon_01kdz0c3v8e7q9b5n2m4x6y8za", "Cannot import non-existent remote object")
		s.refused("import -no-color gochron_monitor.shop chn_01kdz0c3v8e7q9b5n2m4x6y8za", "No such import id", "begin with `mon_`", "`key:<key>`")
		s.refused("import -no-color gochron_monitor.shop shop.front", "No such import id", "Nothing of this kind has the key `shop.front`")
	})
}

func TestAnImportOfAnotherTypeIsRefused(t *testing.T) {
	server := harness.Start(t)
	s := story{T: t, server: server, terraform: harness.Workspace(t, harness.Provider(t, ""), server)}
	server.Call("POST", "/api/channels", map[string]any{"name": "Mail", "key": "mail", "type": "email", "email": map[string]any{"to": []string{"a@example.com"}}})
	s.write("resource \"gochron_channel_ntfy\" \"it\" {\n  name = \"Mail\"\n  topic = \"mail\"\n}\n")
	s.refused("import -no-color gochron_channel_ntfy.it key:mail", "Cannot read this channel ntfy", "it is of type `email`", "`gochron_channel_email`")
	if left := s.terraform.State(); len(left) > 0 {
		t.Errorf("the state has %v", left)
	}
}

func TestALimitOfRequestsIsWaitedFor(t *testing.T) {
	server := harness.Start(t, "GOCHRON_RATE_LIMIT=20", "GOCHRON_RATE_BURST=20")
	counted := harness.Count(t, server)
	s := story{T: t, server: server, terraform: harness.Workspace(t, harness.Provider(t, ""), counted.Server)}
	s.write(strings.Replace(monitorOnly, "{\n", "{\n  count = 50\n", 1))
	s.terraform.Apply()
	if refused := counted.String(); !strings.Contains(refused, "POST /api/monitors 429") {
		t.Errorf("nothing was refused: %s", refused)
	}
	if plan := s.terraform.Plan(); len(plan) > 0 {
		t.Errorf("the plan after it has %d changes", len(plan))
	}
	if all := server.Call("GET", "/api/monitors?limit=200", nil)["data"].([]any); len(all) != 50 {
		t.Errorf("%d monitors", len(all))
	}
}

// What was made is in the state, whatever its answer is: else it would be made again.
func TestWhatWasMadeIsNotLostWhenItsAnswerDoesNotRead(t *testing.T) {
	const id = "team_01kdz0c3v8e7q9b5n2m4x6y8za"
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/api/meta":
			_, _ = io.WriteString(w, `{"version":"9.0.0"}`)
		case r.URL.Query().Get("validate_only") != "":
			w.WriteHeader(http.StatusNoContent)
		default:
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"id":"`+id+`","name":{"en":"Ops"},"version":1}`)
		}
	}))
	defer fake.Close()
	const token = "gct_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13jQp3L"
	s := story{T: t, terraform: harness.Workspace(t, harness.Provider(t, ""), &harness.Server{URL: fake.URL, Token: token})}
	s.write("resource \"gochron_team\" \"ops\" {\n  name = \"Ops\"\n}\n")
	s.refused("apply -auto-approve -no-color", "Cannot understand this team", "may be newer than this provider")
	if kept := s.terraform.State()["gochron_team.ops"]["id"]; kept != id {
		t.Errorf("the state has %v", kept)
	}
}

func TestTheAuditLogSaysWhy(t *testing.T) {
	server := harness.Start(t)
	f := harness.Workspace(t, harness.Provider(t, ""), server)
	f.Write("main.tf", required+"provider \"gochron\" {\n  change_reason = \"https://git.example.com/pull/17\"\n}\n"+monitorOnly)
	f.Apply()
	id := f.State()["gochron_monitor.shop"]["id"]
	for _, x := range server.Call("GET", "/api/audit-log", nil)["data"].([]any) {
		if e := x.(map[string]any); e["resource_id"] == id {
			if e["reason"] != "https://git.example.com/pull/17" {
				t.Errorf("the reason is %v", e["reason"])
			}
			return
		}
	}
	t.Error("the audit log does not know of the monitor")
}

func TestAViolationIsAtItsAttribute(t *testing.T) {
	for _, x := range []struct{ noun, pointer, want string }{
		{"monitor", "/name", "name"},
		{"monitor", "/http/headers/0/value", "http.headers[0].value"},
		{"monitor", "/http/auth/password", "http.auth.password_wo"},
		{"monitor", "/depends_on/0", "depends_on_ids"},
		{"channel_slack", "/slack/webhook_url", "webhook_url_wo"},
		{"channel_slack", "/events/1", "events"},
		{"escalation_policy", "/repeat/count", "repeat.count"},
		{"alert_rule", "/conditions/terms/2/value", "conditions.terms[2].value"},
		{"monitor", "/nothing/such", ""},
	} {
		for _, n := range nouns() {
			if n.name != x.noun {
				continue
			}
			thing := &thing{noun: n, shape: n.shape()}
			var d diag.Diagnostics
			thing.fail(&d, "create", &client.Problem{Status: 422, Code: "invalid", Errors: []client.Violation{{Pointer: x.pointer, Code: "x", Detail: "No."}}})
			got := ""
			if at, ok := d[0].(diag.DiagnosticWithPath); ok {
				got = at.Path().String()
			}
			if got != x.want {
				t.Errorf("%s of %s: %q", x.pointer, x.noun, got)
			}
		}
	}
}
