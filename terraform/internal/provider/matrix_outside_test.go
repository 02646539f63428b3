package provider

import (
	"fmt"
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/harness"
)

// drift changes each attribute outside, where the API can, deletes what is there for that, and expects of the plan exactly that.
func (m *matrix) drift() {
	m.t.Helper()
	state := m.terraform.State()
	changed, gone := map[string]instance{}, map[string]instance{}
	for _, i := range m.all {
		switch {
		case i.doomed:
			m.deleteOutside(i, state[i.address()])
			gone[i.address()] = i
		case i.node.Immutable || !i.noun.editable() || i.node.Variant || i.untold():
		default:
			m.changeOutside(i, state[i.address()])
			changed[i.address()] = i
		}
	}
	plan := m.terraform.Plan()
	for address, i := range gone {
		m.isPlannedAnew(i, plan[address])
		delete(plan, address)
	}
	m.showsExactly("drift", plan, changed)
	for address, i := range changed {
		if _, shown := plan[address]; !shown && !i.sameAsUnset(i.steps[1]) {
			m.t.Errorf("%v was changed outside and no plan shows it", i)
		}
	}
	m.terraform.ApplyPlan()
	m.isClean("after drift was undone")
}

func (m *matrix) deleteOutside(i instance, state map[string]any) {
	m.t.Helper()
	path := strings.ReplaceAll(i.noun.Path, "{id}", fmt.Sprint(state[i.noun.parent]))
	m.server.Call("DELETE", path+"/"+state["id"].(string), nil)
}

// isPlannedAnew wants what was deleted outside to be made again.
func (m *matrix) isPlannedAnew(i instance, c harness.Change) {
	m.t.Helper()
	// What was under way, and cannot be edited, is ended by its deletion: the past keeps it.
	ended := i.noun.name == "schedule_override" && c.Does("delete", "create")
	if !c.Does("create") && !ended {
		m.t.Errorf("%s was deleted outside, and the plan would %v it", i.address(), c.Change.Actions)
	}
}

// changeOutside writes to the API what no Terraform knows of.
func (m *matrix) changeOutside(i instance, state map[string]any) {
	m.t.Helper()
	configured := valueOf(i.shape.Node, i.configured(1))
	body, err := i.noun.toJSON(i.shape, configured, configured)
	if err != nil {
		m.t.Fatal(err)
	}
	at := i.noun.Path + "/" + state["id"].(string)
	if i.noun.Put {
		m.server.Call("PUT", at, body)
		return
	}
	m.server.Call("PATCH", at, i.noun.toPatch(i.shape, body))
}
