package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestReadsAtTheSameTimeAreOneRequest(t *testing.T) {
	c, s := talk(t, time.Minute, status(200, `{"data":[{"id":"a"},{"id":"b"}],"next_cursor":null}`))
	var all sync.WaitGroup
	for _, id := range []string{"a", "b", "c"} {
		all.Go(func() {
			row, err := c.Get(context.Background(), "/api/monitors", id, "")
			if err != nil || (id == "c") != (row == nil) {
				t.Errorf("%s: %v %v", id, row, err)
			}
		})
	}
	all.Wait()
	ids := strings.Split(s.asked[0].URL.Query().Get("ids"), ",")
	if len(s.asked) != 1 || len(ids) != 3 {
		t.Fatalf("%d requests, the first for %v", len(s.asked), ids)
	}
}

func TestNoRequestIsForMoreThanTheAPITakes(t *testing.T) {
	answer := func(w http.ResponseWriter) { status(200, `{"data":[],"next_cursor":null}`)(w) }
	c, s := talk(t, time.Minute, answer, answer)
	var all sync.WaitGroup
	for i := range mostAtATime + 1 {
		all.Go(func() {
			if _, err := c.together(context.Background(), "/api/monitors", fmt.Sprint(i), ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(s.asked) != 2 {
		t.Fatalf("%d requests", len(s.asked))
	}
	for _, r := range s.asked {
		if n := len(strings.Split(r.URL.Query().Get("ids"), ",")); n > mostAtATime {
			t.Errorf("%d ids in one", n)
		}
	}
}

func TestCollectionsAreReadApart(t *testing.T) {
	empty := status(200, `{"data":[],"next_cursor":null}`)
	c, s := talk(t, time.Minute, empty, empty)
	var all sync.WaitGroup
	for _, path := range []string{"/api/monitors", "/api/channels"} {
		all.Go(func() { _, _ = c.Get(context.Background(), path, "a", "") })
	}
	all.Wait()
	if len(s.asked) != 2 {
		t.Fatalf("%d requests", len(s.asked))
	}
}

func TestALoneReadThatKnowsTheVersionAsksForNews(t *testing.T) {
	c, s := talk(t, time.Minute, status(304, ""), status(200, `{"id":"a","version":5}`), problem(404, "not_found"))
	if _, err := c.Get(context.Background(), "/api/monitors", "a", `"4"`); !errors.Is(err, ErrUnchanged) {
		t.Fatal(err)
	}
	if r := s.asked[0]; r.URL.Path != "/api/monitors/a" || r.Header.Get("If-None-Match") != `"4"` {
		t.Fatalf("%s with %v", r.URL, r.Header)
	}
	if row, err := c.Get(context.Background(), "/api/monitors", "a", `"4"`); err != nil || row["id"] != "a" {
		t.Fatalf("%v %v", row, err)
	}
	if row, err := c.Get(context.Background(), "/api/monitors", "a", `"4"`); err != nil || row != nil {
		t.Fatalf("%v %v", row, err)
	}
}

func TestAllWhoWaitAreToldOfAFailure(t *testing.T) {
	c, _ := talk(t, time.Minute, problem(403, "forbidden"))
	var all sync.WaitGroup
	for _, id := range []string{"a", "b"} {
		all.Go(func() {
			if _, err := c.Get(context.Background(), "/api/monitors", id, ""); statusOf(err) != 403 {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
