package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Terraform is a folder in which it is run, with a provider that was built just now.
type Terraform struct {
	Dir string
	t   testing.TB
	env []string
}

// Provider builds the provider of `pkg` (seen from the module) and answers the folder that it is in.
func Provider(t testing.TB, pkg string) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "terraform-provider-gochron"), "github.com/gochron/terraform-provider-gochron"+pkg)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the provider does not build: %v\n%s", err, out)
	}
	return dir
}

// Workspace is an empty folder for Terraform, or what TERRAFORM names, to work in.
func Workspace(t testing.TB, provider string, s *Server) *Terraform {
	t.Helper()
	if _, err := exec.LookPath(program()); err != nil {
		t.Skipf("no Terraform: %v", err)
	}
	return workspace(t, t.TempDir(), provider, s)
}

// With is the same folder, with its state, seen with another provider or another server.
func (f *Terraform) With(provider string, s *Server) *Terraform {
	f.t.Helper()
	return workspace(f.t, f.Dir, provider, s)
}

func workspace(t testing.TB, dir, provider string, s *Server) *Terraform {
	t.Helper()
	f := &Terraform{Dir: dir, t: t}
	rc := ".rc" + strings.ReplaceAll(provider, "/", "_")
	f.Write(rc, fmt.Sprintf("provider_installation {\n  dev_overrides { \"gochron/gochron\" = %q }\n  direct { exclude = [\"*/*/*\"] }\n}\n", provider))
	f.env = append(clean(os.Environ()), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, rc), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"TF_INPUT=0", "GOCHRON_URL="+s.URL, "GOCHRON_TOKEN="+s.Token)
	return f
}

// Write puts a file into the folder.
func (f *Terraform) Write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.Dir, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// Configure writes the whole configuration, in Terraform's JSON.
func (f *Terraform) Configure(configuration map[string]any) {
	f.t.Helper()
	text, err := json.MarshalIndent(configuration, "", " ")
	if err != nil {
		f.t.Fatal(err)
	}
	f.Write("main.tf.json", string(text))
}

// Forget throws the state away.
func (f *Terraform) Forget() {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		_ = os.Remove(filepath.Join(f.Dir, name))
	}
}

// Run runs it and expects success.
func (f *Terraform) Run(arguments ...string) string {
	f.t.Helper()
	text, err := f.Try(arguments...)
	if err != nil {
		f.t.Fatalf("terraform %s: %v\n%s", strings.Join(arguments, " "), err, short(text))
	}
	return text
}

// Try runs it and takes what comes.
func (f *Terraform) Try(arguments ...string) (string, error) {
	text, _, err := f.try(arguments)
	return text, err
}

func (f *Terraform) try(arguments []string) (string, Cost, error) {
	c := exec.Command(program(), arguments...)
	c.Dir, c.Env = f.Dir, f.env
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	began := time.Now()
	err := c.Run()
	cost := Cost{Wall: time.Since(began).Seconds()}
	if c.ProcessState != nil {
		cost.CPU = (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
	}
	return out.String() + said.String(), cost, err
}

// Cost of a run, in seconds. CPU is that of Terraform and its providers, whatever else the machine does.
type Cost struct{ Wall, CPU float64 }

// Time runs it, expects success, and answers what it cost.
func (f *Terraform) Time(arguments ...string) Cost {
	f.t.Helper()
	text, cost, err := f.try(arguments)
	if err != nil {
		f.t.Fatalf("terraform %s: %v\n%s", strings.Join(arguments, " "), err, short(text))
	}
	return cost
}

// program is what TERRAFORM names, or the one on PATH.
func program() string {
	if named := os.Getenv("TERRAFORM"); named != "" {
		return named
	}
	return "terraform"
}

// Apply applies the configuration.
func (f *Terraform) Apply() {
	f.t.Helper()
	f.Run("apply", "-auto-approve", "-no-color", "-compact-warnings")
}

// ApplyPlan applies what Plan or PlanAll made last: nothing is read or planned again.
func (f *Terraform) ApplyPlan() {
	f.t.Helper()
	f.Run("apply", "-no-color", "-compact-warnings", "plan")
}

// Change is what a plan would do with one resource.
type Change struct {
	Address string `json:"address"`
	Change  struct {
		Actions   []string        `json:"actions"`
		Before    map[string]any  `json:"before"`
		After     map[string]any  `json:"after"`
		Unknown   map[string]any  `json:"after_unknown"`
		Importing json.RawMessage `json:"importing"`
	} `json:"change"`
}

// Does says whether it would be that and nothing else.
func (c Change) Does(actions ...string) bool {
	return strings.Join(c.Change.Actions, " ") == strings.Join(actions, " ")
}

// Plan makes a plan and answers what it would change, by address: nothing that stays as it is.
func (f *Terraform) Plan() map[string]Change {
	f.t.Helper()
	all := f.PlanAll()
	for address, c := range all {
		if c.Does("no-op") && c.Change.Importing == nil {
			delete(all, address)
		}
	}
	return all
}

// PlanAll is Plan with what stays as it is.
func (f *Terraform) PlanAll() map[string]Change {
	f.t.Helper()
	f.Run("plan", "-no-color", "-compact-warnings", "-out=plan")
	text := f.Run("show", "-json", "plan")
	if at := strings.Index(text, "{"); at > 0 {
		text = text[at:]
	}
	var plan struct {
		Changes []Change `json:"resource_changes"`
	}
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&plan); err != nil {
		f.t.Fatal(err)
	}
	all := map[string]Change{}
	for _, c := range plan.Changes {
		all[c.Address] = c
	}
	return all
}

// State is what is kept of each resource, by address, as it stands in the state's file: a look at it starts no program.
func (f *Terraform) State() map[string]map[string]any {
	f.t.Helper()
	all := map[string]map[string]any{}
	text, err := os.ReadFile(filepath.Join(f.Dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return all
	}
	if err != nil {
		f.t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				Key        any            `json:"index_key"`
				Attributes map[string]any `json:"attributes"`
			}
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		f.t.Fatal(err)
	}
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			if r.Mode == "managed" {
				all[addressOf(r.Type, r.Name, i.Key)] = i.Attributes
			}
		}
	}
	return all
}

func addressOf(kind, name string, key any) string {
	switch k := key.(type) {
	case nil:
		return kind + "." + name
	case string:
		return fmt.Sprintf("%s.%s[%q]", kind, name, k)
	}
	return fmt.Sprintf("%s.%s[%v]", kind, name, key)
}

// short leaves the lines that tell what went wrong.
func short(text string) string {
	if at := strings.Index(text, "Error:"); at >= 0 {
		text = text[max(0, at-200):]
	}
	return text[:min(len(text), 12000)]
}
