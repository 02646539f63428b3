package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Who reads many of a collection's items will read more of them. Then its list is read ahead, page by page, and what is
// asked for next is at hand. A page is 200 rows for one request; a batch seldom more than ten.
const (
	readsAPage = 10              // so many reads pay for a page
	mostRows   = 2000            // at hand, of one collection; no page is read while it might become more
	freshFor   = 2 * time.Minute // no row is told later than so long after it was read
)

// ahead is what was read of one collection before it was asked for. Whoever uses it holds `turn`.
type ahead struct {
	turn  chan struct{}
	reads int // so far
	pages int // read, of this listing
	rows  map[string]early
	next  string // cursor; empty before the first page
	ended bool
}

type early struct {
	row   map[string]any
	since time.Time // when it was asked for
}

// foresee answers an item that was read ahead, and reads a page when that is due. Nil: it is not at hand, which says
// nothing of whether there is one. A row is told once: who asks again wants news.
func (c *Client) foresee(ctx context.Context, path, id string) (map[string]any, error) {
	a := c.aheadOf(path)
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a.reads++
	if row := a.take(id); row != nil {
		return row, nil
	}
	if !a.due() {
		return nil, nil
	}
	if err := c.readPage(ctx, path, a); err != nil {
		return nil, err
	}
	return a.take(id), nil
}

func (c *Client) aheadOf(path string) *ahead {
	c.batches.mutex.Lock()
	defer c.batches.mutex.Unlock()
	if c.batches.ahead == nil {
		c.batches.ahead = map[string]*ahead{}
	}
	a := c.batches.ahead[path]
	if a == nil {
		a = &ahead{turn: make(chan struct{}, 1), rows: map[string]early{}}
		c.batches.ahead[path] = a
	}
	return a
}

// forget throws away what was read ahead: something was written, and who knows what else it changed. A page that is on its
// way belongs to what is forgotten.
func (c *Client) forget() {
	c.batches.mutex.Lock()
	defer c.batches.mutex.Unlock()
	c.batches.ahead = nil
}

func (a *ahead) take(id string) map[string]any {
	x, there := a.rows[id]
	delete(a.rows, id)
	if !there || time.Since(x.since) > freshFor {
		return nil
	}
	return x.row
}

func (a *ahead) due() bool {
	return !a.ended && len(a.rows)+mostAtATime <= mostRows && a.reads >= readsAPage*(a.pages+1)
}

func (c *Client) readPage(ctx context.Context, path string, a *ahead) error {
	query := url.Values{"limit": {strconv.Itoa(mostAtATime)}}
	if a.next != "" {
		query.Set("cursor", a.next)
	}
	began := time.Now()
	answer, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: query})
	if err != nil {
		return err
	}
	a.pages++
	for _, row := range rowsOf(answer) {
		if id, ok := row["id"].(string); ok {
			a.rows[id] = early{row, began}
		}
	}
	body, _ := answer.(map[string]any)
	next, more := body["next_cursor"].(string)
	a.next, a.ended = next, !more
	return nil
}
