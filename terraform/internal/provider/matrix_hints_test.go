package provider

import (
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// What the schema cannot say: which attributes need or exclude which others. By the attribute's path, without the
// resource, so that all kinds of channels and contact methods share a line. Everything else is made from the schema.
var company = map[string]func(root, beside map[string]any, value any){
	"http.auth": func(_, _ map[string]any, value any) {
		if auth, ok := value.(map[string]any); ok {
			auth["type"], auth["username"], auth["password_wo"] = "basic", "me", "s3cret"
		}
	},
	"http.auth.type": func(_, beside map[string]any, value any) {
		if value == "basic" {
			beside["username"], beside["password_wo"] = "me", "s3cret"
		} else {
			beside["token_wo"] = "s3cret"
		}
	},
	"http.auth.username":    func(_, beside map[string]any, _ any) { with(beside, "type", "basic", "password_wo", "s3cret") },
	"http.auth.password_wo": func(_, beside map[string]any, _ any) { with(beside, "type", "basic", "username", "me") },
	"http.auth.token_wo":    func(_, beside map[string]any, _ any) { with(beside, "type", "bearer") },
	"slack": func(_, _ map[string]any, value any) {
		with(value.(map[string]any), "webhook_url_wo", "http://127.0.0.1:9/hook")
	},
	"sms": func(_, _ map[string]any, value any) { with(value.(map[string]any), "from", "+4930123456") },
	"email.relay.username": func(_, beside map[string]any, value any) {
		if _, given := value.(string); given {
			with(beside, "password_wo", "s3cret")
		}
	},
	"email.relay.password_wo": func(_, beside map[string]any, value any) {
		if _, given := value.(string); given {
			with(beside, "username", "me")
		}
	},
	"repeat.count_unlimited": func(_, beside map[string]any, _ any) { delete(beside, "count") },
	"alert_rule.for_rounds":  func(root, _ map[string]any, _ any) { onChecks(root) },
	"alert_rule.trigger": func(root, _ map[string]any, value any) {
		if value == "check" {
			onChecks(root)
		}
	},
	"tcp.script": func(_, _ map[string]any, value any) {
		if steps, ok := value.([]any); ok && len(steps) > 0 {
			steps[0].(map[string]any)["send"] = "hello"
		}
	},
	"tcp.script.[].send":                    func(_, beside map[string]any, _ any) { with(beside, "expect", "hello") },
	"tcp.script.[].expect":                  func(_, beside map[string]any, _ any) { with(beside, "send", "hello") },
	"conditions.terms.[].value":             func(_, beside map[string]any, _ any) { with(beside, "field", "region", "operator", "eq") },
	"conditions.terms.[].value_list":        func(_, beside map[string]any, _ any) { with(beside, "field", "region", "operator", "in") },
	"conditions.terms.[].value_number_list": func(_, beside map[string]any, _ any) { with(beside, "field", "status_code", "operator", "in") },
}

// target is something of that kind that an escalation can call.
func (v values) target(kind string) string {
	return v.fixtures[map[string]string{"channel": "chn", "user": "usr", "schedule": "sch", "team": "team"}[kind]][0]
}

// onChecks makes a rule look at each check.
func onChecks(rule map[string]any) {
	rule["trigger"] = "check"
	rule["conditions"] = map[string]any{"terms": []any{map[string]any{"field": "latency_ms", "operator": "gt", "value_number": 5}}}
}

func with(x map[string]any, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		x[pairs[i]] = pairs[i+1]
	}
}

// What cannot be null while its object is there, or cannot be while it is by default: by itself it means nothing.
var inseparable = map[string]string{
	"http.auth.type":        "without it the object says nothing",
	"http.auth.username":    "basic authentication has both",
	"http.auth.password_wo": "basic authentication has both",
	"http.auth.token_wo":    "bearer authentication is this",
	"slack.webhook_url_wo":  "one of two",
	"slack.bot_token_wo":    "one of two",
	"slack.channel":         "goes with the token",
	"sms.from":              "one of two",

	"sms.messaging_service_sid": "one of two",

	"user_ids": "who is on call", "schedule_id": "who is on call",
	"one_off": "one of five", "weekly": "one of five", "monthly": "one of five", "cron": "one of five", "rrule": "one of five",
}

// settle gives a resource what it cannot be without though the schema says that it can.
func (c testCase) settle(root map[string]any, salt string) {
	switch c.noun.name {
	case "monitor":
		root["paused"] = true // nothing is asked of anybody
		if !c.shape.variants[c.path[0]] {
			delete(root, "heartbeat")
			root["http"] = map[string]any{"url": "http://127.0.0.1:9/"}
		}
	case "maintenance_window":
		if !strings.Contains("one_off weekly monthly cron rrule", c.path[0]) {
			root["weekly"] = c.v.of("weekly", c.shape.Fields["weekly"], 1, salt)
		}
	case "schedule_override":
		root["user_ids"] = []any{c.v.fixtures["usr"][0]}
		switch c.trail() {
		case "replaced_user_ids":
			root["kind"] = "replace"
		case "schedule_id":
			root["kind"] = "schedule"
			all := c.v.fixtures["sch"]
			root["of_schedule_id"] = all[(ordinal(salt)+3)%len(all)] // not the one that it is about
			delete(root, "user_ids")
		}
	case "notification_rule":
		root["user_id"] = c.v.fixtures["owner"][0]
		if c.trail() != "delay_seconds" { // no two rules are the same
			root["delay_seconds"] = 100 + ordinal(salt)%80_000
			break
		}
		root["contact_method_id"] = c.v.fixtures["cm"][0]
		if strings.HasSuffix(salt, "_none") {
			root["contact_method_id"] = c.v.fixtures["cm"][1]
		}
	case "contact_method":
		for _, kind := range []string{"slack", "sms"} {
			if target, ok := root[kind].(map[string]any); ok {
				c.settleTarget(kind, target)
			}
		}
	}
	c.settleTarget(c.noun.kind, root)
}

// settleTarget: either a webhook's URL or a bot's token; either a number or a service.
func (c testCase) settleTarget(kind string, target map[string]any) {
	switch kind {
	case "slack":
		switch c.trail() {
		case "slack.bot_token_wo", "slack.channel", "slack.signing_secret_wo", "slack.base_url":
			with(target, "bot_token_wo", "xoxb-1", "channel", "#ops")
		default:
			with(target, "webhook_url_wo", "http://127.0.0.1:9/hook")
		}
	case "sms":
		if c.trail() != "sms.messaging_service_sid" {
			with(target, "from", "+4930123456")
		}
	}
}

// prepare puts beside an attribute what it needs.
func (c testCase) prepare(root, beside map[string]any, of *model.Node, value any) {
	if c.noun.name == "notification_rule" && c.trail() == "user_id" { // another user has other contact methods
		root["contact_method_id"] = c.v.fixtures[value.(string)][0]
	}
	if kind, ok := value.(string); ok && c.trail() == "steps.[].targets.[].type" {
		beside["id"] = c.v.target(kind)
	}
	if f := company[c.trail()]; f != nil {
		f(root, beside, value)
	}
	if f := company[c.noun.name+"."+c.trail()]; f != nil {
		f(root, beside, value)
	}
	// A secret that leaves no trace is sent again when its number says so.
	if version := c.name() + "_version"; c.node.WriteOnly && !digested(of, c.name()) && of.Fields[version] != nil && value != nil {
		if _, gone := value.(absent); !gone {
			beside[version] = ordinal(value.(string))
		}
	}
}

func digested(of *model.Node, secret string) bool {
	for _, f := range of.Fields {
		if f.DigestOf == secret {
			return true
		}
	}
	return false
}

// What has to change together with an attribute outside of the object that it is in.
var together = map[string][]string{"trigger": {"conditions"}, "for_rounds": {"conditions", "trigger"}}

// companion says whether a path is of what had to change together with the attribute.
func (i instance) companion(path string) bool {
	for _, other := range together[i.trail()] {
		if path == other || strings.HasPrefix(path, other+".") {
			return true
		}
	}
	if _, has := company[i.trail()]; !has && i.trail() != "steps.[].targets.[].type" {
		return false
	}
	above := strings.TrimSuffix(strings.Join(i.path, "."), i.name())
	return above != "" && strings.HasPrefix(path, strings.ReplaceAll(above, ".[]", ".0"))
}
