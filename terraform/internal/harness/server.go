// Package harness is what acceptance tests and benchmarks need: a gochron server of their own, and Terraform with the
// provider that is being worked on. Nothing of it is in the provider.
package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a gochron on a database of its own.
type Server struct {
	URL, Token string
	t          testing.TB
}

var listening = regexp.MustCompile(`^listening on (http://\S+)$`)

// Start runs the server that GOCHRON_BIN names; a test without one is skipped. `settings` are environment variables.
// It ends with the test.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	binary := os.Getenv("GOCHRON_BIN")
	if binary == "" {
		t.Skip("GOCHRON_BIN names no server")
	}
	data := reachable(t)
	env := append(clean(os.Environ()), settings...)
	token := exec.Command(binary, "token", "create", "--if-none", "--name", "acceptance", "--scopes", "admin", "--data-dir", data)
	token.Env, token.Dir = env, "/"
	made, err := token.Output()
	if err != nil {
		t.Fatalf("no token: %v", err)
	}
	s := &Server{Token: strings.TrimSpace(string(made)), t: t}
	run := exec.Command(binary, "serve", "--data-dir", data, "--listen", "127.0.0.1:0")
	run.Env, run.Dir = env, "/"
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(syscall.SIGTERM)
		_ = run.Wait()
	})
	if s.URL = awaitURL(out); s.URL == "" {
		t.Fatalf("the server does not start: %s", said.String())
	}
	return s
}

// reachable is a folder that the unprivileged user can get to whom the server becomes.
func reachable(t testing.TB) string {
	dir, err := os.MkdirTemp("", "gochron-terraform-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(data, 0o777); err != nil {
		t.Fatal(err)
	}
	return data
}

func awaitURL(out io.Reader) string {
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	select {
	case url := <-found:
		return url
	case <-time.After(60 * time.Second):
		return ""
	}
}

// clean is an environment without anything that configures gochron.
func clean(env []string) []string {
	var kept []string
	for _, x := range env {
		if !strings.HasPrefix(x, "GOCHRON_") && !strings.HasPrefix(x, "PG") && !strings.HasPrefix(x, "DATABASE_URL") {
			kept = append(kept, x)
		}
	}
	return kept
}

// Call asks the API and expects success. The answer is empty where there is no body.
func (s *Server) Call(method, path string, body any) map[string]any {
	s.t.Helper()
	status, answer := s.Try(method, path, body)
	if status >= 300 {
		s.t.Fatalf("%s %s of %v: %d %v", method, path, body, status, answer)
	}
	return answer
}

// Try asks the API and takes what comes.
func (s *Server) Try(method, path string, body any) (int, map[string]any) {
	s.t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			s.t.Fatal(err)
		}
	}
	q, err := http.NewRequest(method, s.URL+path, bytes.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+s.Token)
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	x := map[string]any{}
	if len(read) > 0 {
		d := json.NewDecoder(bytes.NewReader(read))
		d.UseNumber()
		if err := d.Decode(&x); err != nil {
			s.t.Fatal(fmt.Errorf("%s %s: %w in %s", method, path, err, read))
		}
	}
	return answer.StatusCode, x
}
