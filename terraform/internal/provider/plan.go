package provider

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// ModifyPlan says what becomes of fingerprints, and asks the server what it thinks of a change before anybody applies
// it. What depends on things that are not there yet is left to apply.
func (t *thing) ModifyPlan(ctx context.Context, r resource.ModifyPlanRequest, out *resource.ModifyPlanResponse) {
	if r.Plan.Raw.IsNull() {
		return // it goes
	}
	planned, err := t.shape.PlanDigests(r.Plan.Raw, r.Config.Raw, r.State.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "plan", err)
		return
	}
	out.Plan.Raw = planned
	if t.client == nil || planned.Equal(r.State.Raw) || !t.shape.Known(r.Config.Raw) {
		return
	}
	body, err := t.noun.toJSON(t.shape, planned, r.Config.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "plan", err)
		return
	}
	if t.shape.replaces(planned, r.State.Raw) {
		return // Terraform plans the new one once more, and then it is asked about
	}
	if err := t.rehearse(ctx, planned, r.State.Raw, body); t.worthPlanning(err) {
		t.fail(&out.Diagnostics, "plan", err)
	}
}

// replaces says whether a change is one that makes another one.
func (s shape) replaces(plan, state tftypes.Value) bool {
	if state.IsNull() {
		return false
	}
	after, err := model.Attributes(plan)
	if err != nil {
		return false
	}
	before, err := model.Attributes(state)
	if err != nil {
		return false
	}
	for name, f := range s.Fields {
		a, b := after[name], before[name]
		if (f.Variant && a.IsNull() != b.IsNull()) || (f.Immutable && !f.ReadOnly && !a.Equal(b)) {
			return true
		}
	}
	return false
}

// rehearse has the server check a write without doing it.
func (t *thing) rehearse(ctx context.Context, plan, state tftypes.Value, body map[string]any) error {
	ask := client.Request{Method: http.MethodPost, Path: t.collection(plan), Body: body}
	if !state.IsNull() {
		ask = t.change(state, body)
	}
	ask.Query = url.Values{"validate_only": {"true"}}
	_, err := t.client.Do(ctx, ask)
	return err
}

// A conflict may be gone when the plan is applied, since its cause may be deleted by it, and so may a limit. What is
// unauthorised or unreachable the refresh has told of, or apply will.
func (t *thing) worthPlanning(err error) bool {
	var p *client.Problem
	if !errors.As(err, &p) {
		return false
	}
	return (p.Status == http.StatusUnprocessableEntity && p.Code != planLimit) || t.orphan(p)
}

// orphan says whether it is the parent that is not there.
func (t *thing) orphan(p *client.Problem) bool {
	return t.noun.parent != "" && p.Status == http.StatusNotFound
}
