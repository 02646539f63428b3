package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is a server that answers what it is told to, and remembers what it was asked.
type script struct {
	mutex   sync.Mutex
	asked   []*http.Request
	bodies  []string
	answers []func(http.ResponseWriter)
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	body, _ := io.ReadAll(r.Body)
	s.asked, s.bodies = append(s.asked, r), append(s.bodies, string(body))
	if len(s.answers) == 0 {
		http.Error(w, "nothing more was expected", http.StatusTeapot)
		return
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	answer(w)
}

func status(code int, body string, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func cut(w http.ResponseWriter) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

func problem(code int, name string, headers ...string) func(http.ResponseWriter) {
	return status(code, fmt.Sprintf(`{"status":%d,"code":%q,"detail":"No."}`, code, name), headers...)
}

func talk(t *testing.T, patience time.Duration, answers ...func(http.ResponseWriter)) (*Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := New(Options{BaseURL: server.URL, Token: "gct_x", ChangeReason: "why", UserAgent: "test", Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func TestAPostIsRepeatedAsTheSameRequest(t *testing.T) {
	c, s := talk(t, time.Minute, cut, problem(503, "unavailable", "Retry-After", "0"), status(201, `{"id":"mon_1"}`))
	answer, err := c.Do(context.Background(), Request{Method: "POST", Path: "/api/monitors", Body: map[string]any{"name": "a"}})
	if err != nil || answer.(map[string]any)["id"] != "mon_1" {
		t.Fatalf("%v %v", answer, err)
	}
	keys, bodies := map[string]bool{}, map[string]bool{}
	for i, r := range s.asked {
		keys[r.Header.Get("Idempotency-Key")], bodies[s.bodies[i]] = true, true
	}
	if len(s.asked) != 3 || len(keys) != 1 || len(bodies) != 1 || keys[""] {
		t.Fatalf("%d requests with keys %v and bodies %v", len(s.asked), keys, bodies)
	}
}

func TestAStaleRepetitionMayHaveMetItself(t *testing.T) {
	put := Request{Method: "PUT", Path: "/api/monitors/1", Body: map[string]any{}, IfMatch: `"4"`}
	for _, lost := range []func(http.ResponseWriter){cut, status(502, "<html>"), problem(504, "gateway_timeout")} {
		c, _ := talk(t, time.Minute, lost, problem(412, "version_mismatch"))
		if _, err := c.Do(context.Background(), put); !errors.Is(err, ErrPerhapsDone) || !IsStale(err) {
			t.Errorf("%v", err)
		}
	}
	c, _ := talk(t, time.Minute, problem(429, "rate_limited"), problem(412, "version_mismatch"))
	if _, err := c.Do(context.Background(), put); errors.Is(err, ErrPerhapsDone) || !IsStale(err) {
		t.Errorf("what was refused is in doubt: %v", err)
	}
}

func TestTwoPostsAreTwoRequests(t *testing.T) {
	c, s := talk(t, time.Minute, status(201, `{}`), status(201, `{}`))
	for range 2 {
		if _, err := c.Do(context.Background(), Request{Method: "POST", Path: "/api/monitors", Body: map[string]any{}}); err != nil {
			t.Fatal(err)
		}
	}
	if s.asked[0].Header.Get("Idempotency-Key") == s.asked[1].Header.Get("Idempotency-Key") {
		t.Fatal("they have one key")
	}
}

func TestItWaitsForAsLongAsTheServerSays(t *testing.T) {
	c, _ := talk(t, time.Minute, problem(429, "rate_limited", "Retry-After", "1"), status(200, `{}`))
	began := time.Now()
	if _, err := c.Do(context.Background(), Request{Method: "GET", Path: "/api/monitors"}); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited < time.Second {
		t.Fatalf("asked again after %v", waited)
	}
}

func TestPatienceEnds(t *testing.T) {
	c, s := talk(t, 100*time.Millisecond, problem(429, "rate_limited", "Retry-After", "30"))
	_, err := c.Do(context.Background(), Request{Method: "GET", Path: "/api/monitors"})
	var p *Problem
	if !errors.As(err, &p) || p.Status != 429 || len(s.asked) != 1 {
		t.Fatalf("%v after %d requests", err, len(s.asked))
	}
}

func TestWhatIsWrongIsNotTriedAgain(t *testing.T) {
	for _, code := range []int{400, 401, 403, 404, 409, 412, 422} {
		c, s := talk(t, time.Minute, problem(code, "x"))
		_, err := c.Do(context.Background(), Request{Method: "PUT", Path: "/api/monitors/1", Body: map[string]any{}, IfMatch: `"4"`})
		if statusOf(err) != code || len(s.asked) != 1 || s.asked[0].Header.Get("If-Match") != `"4"` {
			t.Errorf("%d: %v after %d requests", code, err, len(s.asked))
		}
	}
}

func TestAnIdempotencyKeyAtWorkIsWaitedFor(t *testing.T) {
	c, s := talk(t, time.Minute, problem(409, "idempotency_key_in_use", "Retry-After", "0"), status(201, `{}`))
	if _, err := c.Do(context.Background(), Request{Method: "POST", Path: "/api/monitors", Body: map[string]any{}}); err != nil || len(s.asked) != 2 {
		t.Fatalf("%v after %d requests", err, len(s.asked))
	}
}

func TestEachRequestSaysWhoAsksAndWhy(t *testing.T) {
	c, s := talk(t, time.Minute, status(204, ""))
	if _, err := c.Do(context.Background(), Request{Method: "DELETE", Path: "/api/monitors/1"}); err != nil {
		t.Fatal(err)
	}
	h := s.asked[0].Header
	if h.Get("Authorization") != "Bearer gct_x" || h.Get("X-Gochron-Change-Reason") != "why" || h.Get("User-Agent") != "test" || h.Get("Content-Type") != "" {
		t.Fatalf("%v", h)
	}
}

func TestWhatIsNoAnswerOfOursSaysSo(t *testing.T) {
	for _, answer := range []func(http.ResponseWriter){status(200, "<html>"), status(502, "<html>"), status(404, "nothing here")} {
		c, _ := talk(t, time.Millisecond, answer)
		_, err := c.Do(context.Background(), Request{Method: "GET", Path: "/api/monitors"})
		if err == nil || !strings.Contains(err.Error(), "Is the endpoint gochron's?") {
			t.Errorf("%v", err)
		}
	}
}

func TestAServerThatIsNotThereIsUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c, err := New(Options{BaseURL: server.URL, Patience: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(context.Background(), Request{Method: "GET", Path: "/api/monitors"}); !errors.Is(err, ErrUnreachable) {
		t.Fatal(err)
	}
}

func TestNothingIsAskedAfterTheContextHasEnded(t *testing.T) {
	c, s := talk(t, time.Minute, problem(503, "unavailable"), status(200, "{}"))
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if _, err := c.Do(ctx, Request{Method: "GET", Path: "/api/monitors"}); !errors.Is(err, context.DeadlineExceeded) || len(s.asked) != 1 {
		t.Fatalf("%v after %d requests", err, len(s.asked))
	}
}

func TestNoEndpointNoClient(t *testing.T) {
	for _, url := range []string{"", "gochron.example.com", "ftp://x", "http://", "://"} {
		if _, err := New(Options{BaseURL: url}); err == nil {
			t.Errorf("%q was taken", url)
		}
	}
}
