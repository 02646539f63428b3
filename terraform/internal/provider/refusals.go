package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

// fail tells a problem where it belongs: at the attribute that the server means, with what to do.
func (t *thing) fail(d *diag.Diagnostics, what string, err error) {
	summary := fmt.Sprintf("Cannot %s this %s", what, strings.ReplaceAll(t.noun.name, "_", " "))
	var p *client.Problem
	if errors.As(err, &p) && p.Status == http.StatusPreconditionFailed {
		d.AddError("Changed since the plan", "Somebody has changed it since it was read: plan again, look at what changed, and apply that.\n"+p.Error())
		return
	}
	if p != nil && t.orphan(p) {
		d.AddAttributeError(path.Root(t.noun.parent), summary, "There is no such thing. Make it in the same configuration, and refer to its attribute.\n"+p.Error())
		return
	}
	failWhere(d, summary, err, path.Empty(), func(pointer string) path.Path { return t.noun.pathOf(t.shape, pointer) })
}

// What the organisation's plan does not hold is no fault of an attribute.
const planLimit = "plan_limit_exceeded"

func remedy(p *client.Problem) string {
	switch p.Status {
	case http.StatusUnauthorized:
		return "\nThe token is unknown, revoked or expired: set `token` of the provider, or GOCHRON_TOKEN."
	case http.StatusForbidden:
		return "\nThe token lacks a scope: make one that has it."
	case http.StatusConflict:
		if len(p.BlockedBy) > 0 {
			return release(p.BlockedBy)
		}
	case http.StatusTooManyRequests:
		return "\nThe server asks for fewer requests: run with a lower -parallelism, or give this token a higher rate."
	case http.StatusServiceUnavailable:
		return "\nThe server is not ready: try again."
	case http.StatusUnprocessableEntity:
		if p.Code == planLimit {
			return "\nThe organisation's plan holds no more: the data source `gochron_limits` says what is used."
		}
	}
	return ""
}

// release is what to do when something is held by others. Terraform deletes before it changes what referred to it, unless
// the deleted one has create_before_destroy in the state.
func release(holders []string) string {
	text := "\nRemove what refers to it first. When the same configuration does, apply that before you remove this one; or give this one " +
		"`lifecycle { create_before_destroy = true }` and apply, after which Terraform changes what refers to it before it deletes."
	for _, id := range holders {
		if strings.HasPrefix(id, "inc_") {
			return text + " Open incidents hold it until they are resolved."
		}
	}
	return text
}

// remedyFor is what to do about one violation.
func remedyFor(v client.Violation) string {
	switch v.Code {
	case "taken":
		return "\nImport what has it, or choose another."
	case "unknown_id":
		return "\nMake it in the same configuration, and refer to its attribute, or look it up with a data source."
	}
	return ""
}

func remedyOf(err error) string {
	if errors.Is(err, client.ErrUnreachable) {
		return "\nIs the server up, and `endpoint` of the provider, or GOCHRON_URL, its address?"
	}
	return ""
}
