package harness

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
)

// Counted is a way to a server on which every request is counted, by method, path and status.
type Counted struct {
	*Server
	mutex sync.Mutex
	by    map[string]int
}

var anID = regexp.MustCompile(`[a-z]+_[0-9a-z]{26}`)

// Count makes such a way.
func Count(t testing.TB, s *Server) *Counted {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &Counted{by: map[string]int{}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(answer *http.Response) error {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		path := anID.ReplaceAllString(answer.Request.URL.Path, "{id}")
		c.by[fmt.Sprintf("%s %s %d", answer.Request.Method, path, answer.StatusCode)]++
		return nil
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	c.Server = &Server{URL: front.URL, Token: s.Token, t: t}
	return c
}

// Total is how many requests there were.
func (c *Counted) Total() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	total := 0
	for _, times := range c.by {
		total += times
	}
	return total
}

func (c *Counted) String() string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var all []string
	for what, times := range c.by {
		all = append(all, fmt.Sprintf("%d x %s", times, what))
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}
