package provider

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/gochron/terraform-provider-gochron/internal/harness"
)

// losing is a way to a server on which the answer of the first PUT is lost. `then` happens before that is noticed.
func losing(t *testing.T, s *harness.Server, then func()) *harness.Server {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	lost := false
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(answer *http.Response) error {
		if answer.Request.Method != http.MethodPut || answer.Request.URL.Query().Has("validate_only") || lost {
			return nil
		}
		lost = true
		if answer.StatusCode != http.StatusOK {
			t.Errorf("the PUT was answered with %d", answer.StatusCode)
		}
		then()
		return errors.New("lost")
	}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.Close()
		}
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(func() {
		front.Close()
		if !lost {
			t.Error("nothing was lost")
		}
	})
	way := *s
	way.URL = front.URL
	return &way
}

func TestAWriteWhoseAnswerIsLostDoesNotMeetItself(t *testing.T) {
	server := harness.Start(t)
	binary := harness.Provider(t, "")
	made := harness.Workspace(t, binary, server)
	plain := story{T: t, server: server, terraform: made}
	plain.write(monitorOnly)
	made.Apply()
	id := made.State()["gochron_monitor.shop"]["id"].(string)

	t.Run("its own version is its answer", func(t *testing.T) {
		plain.write(strings.Replace(monitorOnly, "Shop", "Front", 1))
		made.With(binary, losing(t, server, func() {})).Apply()
		if plan := made.Plan(); len(plan) > 0 {
			t.Errorf("the plan after it: %v", plan)
		}
		if is := server.Call("GET", "/api/monitors/"+id, nil); is["name"] != "Front" {
			t.Errorf("it is %v", is)
		}
	})
	t.Run("somebody else's is not", func(t *testing.T) {
		plain.write(strings.Replace(monitorOnly, "Shop", "Back", 1))
		way := losing(t, server, func() {
			server.Call("PATCH", "/api/monitors/"+id, map[string]any{"description": "by hand"})
		})
		story{T: t, server: server, terraform: made.With(binary, way)}.refused("apply -auto-approve -no-color", "Changed since the plan")
		if is := server.Call("GET", "/api/monitors/"+id, nil); is["description"] != "by hand" {
			t.Errorf("the edit is lost: %v", is)
		}
	})
}
