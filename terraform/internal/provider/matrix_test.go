package provider

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/gochron/terraform-provider-gochron/internal/harness"
	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// For every attribute of every resource: create, the plan is empty; change outside, the plan shows exactly that; apply,
// change, clear; import into an empty state, the plan is empty. One of each resource is deleted outside. All of it is in one
// configuration, because so many runs of Terraform would take an hour. GOCHRON_MATRIX (a regular expression) picks some.
func TestNoPlanIsDirty(t *testing.T) {
	t.Setenv("GOGC", "400") // of Terraform and its providers: a fifth of their work is to find garbage
	s := harness.Start(t, "GOCHRON_RATE_LIMIT=0", "GOCHRON_EGRESS_ALLOW=127.0.0.0/8")
	v := values{fixtures: fixtures(s)}
	m := matrix{t: t, server: s, provider: harness.Provider(t, "")}
	m.terraform = harness.Workspace(t, m.provider, s)
	wanted := regexp.MustCompile(os.Getenv("GOCHRON_MATRIX"))
	for _, n := range nouns() {
		cases := casesOf(n, n.shape(), v)
		m.add(wanted, cases[0].doomed())
		for _, c := range cases {
			m.add(wanted, c.instances()...)
		}
	}
	t.Logf("%d resources", len(m.all))
	m.terraform.Configure(m.configuration(0))
	m.terraform.Apply()
	m.isClean("after creation")
	m.imports(0)
	m.drift()
	for step := 2; step < 4; step++ {
		m.expectChanges(step)
		m.terraform.ApplyPlan()
		m.isClean(fmt.Sprintf("after step %d", step))
	}
	m.imports(3)
	m.terraform.Run("destroy", "-auto-approve", "-no-color", "-refresh=false")
}

type matrix struct {
	t         *testing.T
	server    *harness.Server
	provider  string
	terraform *harness.Terraform
	all       []instance
}

func (m *matrix) add(wanted *regexp.Regexp, some ...instance) {
	for _, i := range some {
		if wanted.MatchString(i.id) {
			m.all = append(m.all, i)
		}
	}
}

func (m *matrix) configuration(step int) map[string]any {
	resources := map[string]map[string]any{}
	for _, i := range m.all {
		kind := "gochron_" + i.noun.name
		if resources[kind] == nil {
			resources[kind] = map[string]any{}
		}
		resources[kind][i.id] = i.configured(step)
	}
	return map[string]any{
		"terraform": map[string]any{"required_providers": map[string]any{"gochron": map[string]any{"source": "gochron/gochron"}}},
		"provider":  map[string]any{"gochron": map[string]any{}},
		"resource":  resources,
	}
}

func (m *matrix) isClean(when string) {
	m.t.Helper()
	for address, c := range m.terraform.Plan() {
		m.t.Errorf("%s the plan would %v %s: %s", when, c.Change.Actions, address, difference(c))
	}
}

// untold says whether it is a secret that leaves no trace, so that nobody can see that it was changed.
func (i instance) untold() bool {
	return i.node.WriteOnly && !digested(i.parent(), i.name())
}

func (i instance) parent() *model.Node {
	of := i.shape.Node
	for _, name := range i.path[:len(i.path)-1] {
		if name == "[]" {
			of = of.Item
		} else {
			of = of.Fields[name]
		}
	}
	return of
}

// sameAsUnset says whether a value is what the attribute is when it is null: no drift of an instance that has null.
func (i instance) sameAsUnset(value any) bool {
	if i.steps[0] != nil {
		return reflect.DeepEqual(i.steps[0], value)
	}
	return i.isDefault(value)
}

func (i instance) isDefault(value any) bool {
	if i.node.Default == nil {
		return value == nil
	}
	return fmt.Sprint(completed(i.node, value)) == fmt.Sprint(completed(i.node, i.node.Default))
}

// completed is an object with the defaults of what it leaves out; anything else as it is.
func completed(n *model.Node, value any) any {
	parts, is := value.(map[string]any)
	if !is || n.Kind != model.Object {
		return value
	}
	whole := map[string]any{}
	for name, field := range n.Fields {
		if part, has := parts[name]; has {
			whole[name] = completed(field, part)
		} else if field.Default != nil {
			whole[name] = completed(field, field.Default)
		}
	}
	return whole
}

// expectChanges plans the next step of everything.
func (m *matrix) expectChanges(step int) {
	m.t.Helper()
	m.terraform.Configure(m.configuration(step))
	expected := map[string]instance{}
	for _, i := range m.all {
		if !i.doomed {
			expected[i.address()] = i
		}
	}
	plan := m.terraform.Plan()
	m.showsExactly(fmt.Sprintf("step %d", step), plan, expected)
	for _, i := range m.all {
		before, after := i.steps[step-1], i.steps[step]
		if step == 2 {
			before = i.steps[0]
		}
		if _, shown := plan[i.address()]; !shown && !i.doomed && !i.means(before, after) {
			m.t.Errorf("step %d changes %v from %v to %v, and no plan shows it", step, i, before, after)
		}
	}
}

// means says whether two writings are the same to the API.
func (i instance) means(a, b any) bool {
	unset := func(x any) bool {
		_, gone := x.(absent)
		parts, is := x.(map[string]any)
		return gone || x == nil || i.isDefault(x) || (is && len(parts) == 0 && i.node.Default != nil)
	}
	if i.node.Decided && unset(b) { // the server's answer stays
		return true
	}
	if i.node.HasSecret() && i.node.Kind == model.Object {
		return reflect.DeepEqual(a, b) || (unset(a) && unset(b))
	}
	return reflect.DeepEqual(a, b) || (unset(a) && unset(b)) || (i.untold() && unset(b))
}

// showsExactly wants nothing else in a plan than these, and in each nothing else than its attribute.
func (m *matrix) showsExactly(what string, plan map[string]harness.Change, expected map[string]instance) {
	m.t.Helper()
	for address, c := range plan {
		i, ok := expected[address]
		if !ok {
			m.t.Errorf("%s: the plan would %v %s, which nobody changed: %s", what, c.Change.Actions, address, difference(c))
			continue
		}
		if len(c.Change.Actions) > 1 {
			continue // made anew: everything that the server gives is unknown
		}
		for _, path := range differences(c.Change.Before, c.Change.After, c.Change.Unknown, "") {
			if !i.explains(path) {
				m.t.Errorf("%s: of %v the plan shows %s: %s", what, i, path, difference(c))
			}
		}
	}
}

// explains says whether a path is that of the attribute, or of what tells of it.
func (i instance) explains(path string) bool {
	own := strings.ReplaceAll(strings.Join(i.path, "."), ".[]", ".0")
	secret := strings.TrimSuffix(own, "_wo")
	if i.node.WriteOnly {
		return strings.HasPrefix(path, secret+"_") || i.companion(path)
	}
	return path == own || strings.HasPrefix(path, own+".") || path == own+"_unlimited" || strings.HasPrefix(own, path+".") ||
		path+"_unlimited" == own || i.companion(path)
}

// imports throws the state away, imports all of it, and expects an empty plan.
func (m *matrix) imports(step int) {
	m.t.Helper()
	state := m.terraform.State()
	configuration := m.configuration(step)
	var blocks []any
	for _, i := range m.all {
		id, _ := state[i.address()]["id"].(string)
		if i.noun.parent != "" {
			id = state[i.address()][i.noun.parent].(string) + "/" + id
		} else if key, ok := state[i.address()]["key"].(string); ok {
			id = "key:" + key
		}
		blocks = append(blocks, map[string]any{"to": i.address(), "id": id})
	}
	configuration["import"] = blocks
	fresh := harness.Workspace(m.t, m.provider, m.server)
	fresh.Configure(configuration)
	versions := map[string]bool{}
	for address, c := range fresh.PlanAll() {
		switch {
		case c.Change.Importing == nil:
			m.t.Errorf("%s is not imported but %v", address, c.Change.Actions)
		case !c.Does("no-op"):
			if d := differences(c.Change.Before, c.Change.After, c.Change.Unknown, ""); len(d) == 1 && strings.HasSuffix(d[0], "_wo_version") {
				versions[address] = true // the number has never been anywhere but in the state
				continue
			}
			m.t.Errorf("imported, the plan would %v %s: %s", c.Change.Actions, address, difference(c))
		}
	}
	fresh.ApplyPlan()
	for address, c := range fresh.Plan() {
		m.t.Errorf("after the import the plan would %v %s: %s", c.Change.Actions, address, difference(c))
	}
}
