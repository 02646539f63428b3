package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// shelf is a server with one collection. It remembers which pages were read, and how often something else was asked.
type shelf struct {
	mutex    sync.Mutex
	ids      []string
	versions map[string]int
	pages    []string // by their cursors
	others   int
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	q := r.URL.Query()
	if r.Method != http.MethodGet {
		s.others++
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if ids := q.Get("ids"); ids != "" {
		s.others++
		s.answer(w, strings.Split(ids, ","), "")
		return
	}
	s.pages = append(s.pages, q.Get("cursor"))
	from, _ := strconv.Atoi(q.Get("cursor"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	to, next := min(from+limit, len(s.ids)), ""
	if to < len(s.ids) {
		next = strconv.Itoa(to)
	}
	s.answer(w, s.ids[from:to], next)
}

func (s *shelf) answer(w http.ResponseWriter, ids []string, next string) {
	rows := []any{}
	for _, id := range ids {
		if v, there := s.versions[id]; there {
			rows = append(rows, map[string]any{"id": id, "version": v})
		}
	}
	body := map[string]any{"data": rows, "next_cursor": nil}
	if next != "" {
		body["next_cursor"] = next
	}
	_ = json.NewEncoder(w).Encode(body)
}

// stock is a client of a shelf with so many items, each of version 1.
func stock(t *testing.T, items int) (*Client, *shelf) {
	t.Helper()
	s := &shelf{versions: map[string]int{}}
	for i := range items {
		id := fmt.Sprintf("i%d", i)
		s.ids = append(s.ids, id)
		s.versions[id] = 1
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := New(Options{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func read(t *testing.T, c *Client, id string) string {
	t.Helper()
	row, err := c.Get(context.Background(), "/api/items", id, "")
	if err != nil {
		t.Fatal(err)
	}
	return tagOf(row)
}

func TestWhoReadsManyReadsTheList(t *testing.T) {
	c, s := stock(t, 1000)
	for _, id := range s.ids {
		if got := read(t, c, id); got != `"1"` {
			t.Fatalf("%s is of version %s", id, got)
		}
	}
	if want := []string{"", "200", "400", "600", "800"}; !slices.Equal(s.pages, want) || s.others >= readsAPage {
		t.Fatalf("pages %v and %d other requests", s.pages, s.others)
	}
}

func TestWhoReadsFewReadsNoList(t *testing.T) {
	c, s := stock(t, 1000)
	for _, id := range s.ids[:readsAPage-1] {
		read(t, c, id)
	}
	if len(s.pages) != 0 {
		t.Fatalf("pages %v", s.pages)
	}
}

func TestAFewOfVeryManyCostFewPages(t *testing.T) {
	c, s := stock(t, 10000)
	for _, id := range s.ids[9900:] {
		read(t, c, id)
	}
	if n := len(s.pages); n > 100/readsAPage || s.others != 100 {
		t.Fatalf("%d pages and %d other requests", n, s.others)
	}
}

func TestNoMoreIsHeldThanSettled(t *testing.T) {
	c, s := stock(t, 10000)
	var all sync.WaitGroup
	for _, id := range s.ids[9000:] { // of the end, so that nothing that is held is taken
		all.Go(func() {
			if _, err := c.Get(context.Background(), "/api/items", id, ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(c.aheadOf("/api/items").rows); n > mostRows || len(s.pages) != mostRows/mostAtATime {
		t.Fatalf("%d rows of %d pages", n, len(s.pages))
	}
}

func TestARowThatWasReadAheadIsToldOnce(t *testing.T) {
	c, s := stock(t, 100)
	for _, id := range s.ids {
		read(t, c, id)
	}
	s.versions["i50"] = 2
	if got := read(t, c, "i50"); got != `"2"` {
		t.Fatalf("version %s is told again", got)
	}
}

func TestWhatIsWrittenIsReadAfterwards(t *testing.T) {
	c, s := stock(t, 100)
	for _, id := range s.ids[:20] {
		read(t, c, id)
	}
	write := func(validateOnly string) {
		s.versions["i50"], s.versions["i51"] = 2, 2
		query := url.Values{"validate_only": {validateOnly}}
		if _, err := c.Do(context.Background(), Request{Method: http.MethodPut, Path: "/api/items/i50", Query: query}); err != nil {
			t.Fatal(err)
		}
	}
	write("true") // changes nothing, so nothing is forgotten
	if got := read(t, c, "i51"); got != `"1"` {
		t.Fatalf("it was not at hand: %s", got)
	}
	write("false")
	if got := read(t, c, "i50"); got != `"2"` {
		t.Fatalf("version %s is told after the write", got)
	}
}

func TestWhatIsNotInTheListIsAskedFor(t *testing.T) {
	c, s := stock(t, 100)
	for _, id := range s.ids[:20] {
		read(t, c, id)
	}
	s.versions["late"] = 7
	if got := read(t, c, "late"); got != `"7"` {
		t.Fatalf("version %s", got)
	}
	if got := read(t, c, "never"); got != "" {
		t.Fatalf("version %s", got)
	}
}

func TestWhatIsKnownIsUnchangedHoweverItWasRead(t *testing.T) {
	c, s := stock(t, 100)
	for _, id := range s.ids[:readsAPage] {
		read(t, c, id)
	}
	s.versions["late"], s.versions["later"] = 1, 1
	for _, id := range []string{"i98", "i99"} {
		_, err := c.Get(context.Background(), "/api/items", id, `"1"`)
		if !errors.Is(err, ErrUnchanged) {
			t.Errorf("%s: %v", id, err)
		}
	}
	var pair sync.WaitGroup // in a batch of two
	for _, id := range []string{"late", "later"} {
		pair.Go(func() {
			if _, err := c.Get(context.Background(), "/api/items", id, `"1"`); !errors.Is(err, ErrUnchanged) {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	pair.Wait()
	if row, err := c.Get(context.Background(), "/api/items", "i50", `"0"`); err != nil || tagOf(row) != `"1"` {
		t.Errorf("%v %v", row, err)
	}
}

func TestAPageThatFailsIsToldOf(t *testing.T) {
	answers := []func(http.ResponseWriter){}
	for range readsAPage - 1 {
		answers = append(answers, status(200, `{"data":[],"next_cursor":null}`))
	}
	c, _ := talk(t, 0, append(answers, problem(403, "forbidden"))...)
	for i := range readsAPage {
		_, err := c.Get(context.Background(), "/api/items", fmt.Sprint(i), "")
		if last := i == readsAPage-1; last != (statusOf(err) == 403) {
			t.Fatalf("%d: %v", i, err)
		}
	}
}
