package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Terraform reads each resource by itself. What is asked for within a moment is asked for together.
const (
	moment      = 8 * time.Millisecond
	mostAtATime = 200 // the API's limit
)

type batches struct {
	mutex sync.Mutex
	open  map[string]*batch // by path
}

type batch struct {
	ids  []string
	done chan struct{}
	rows map[string]any
	err  error
}

// Get reads one of a collection's items, together with others that are asked for at the same time. A nil answer without
// an error: there is none.
func (c *Client) Get(ctx context.Context, path, id string) (map[string]any, error) {
	b := c.join(path, id)
	select {
	case <-b.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if b.err != nil {
		return nil, b.err
	}
	row, _ := b.rows[id].(map[string]any)
	return row, nil
}

func (c *Client) join(path, id string) *batch {
	c.batches.mutex.Lock()
	defer c.batches.mutex.Unlock()
	if c.batches.open == nil {
		c.batches.open = map[string]*batch{}
	}
	b := c.batches.open[path]
	if b == nil {
		b = &batch{done: make(chan struct{})}
		c.batches.open[path] = b
		time.AfterFunc(moment, func() { c.send(path, b) })
	}
	b.ids = append(b.ids, id)
	if len(b.ids) == mostAtATime {
		delete(c.batches.open, path) // whoever comes next begins another
	}
	return b
}

func (c *Client) send(path string, b *batch) {
	c.batches.mutex.Lock()
	if c.batches.open[path] == b {
		delete(c.batches.open, path)
	}
	ids := b.ids
	c.batches.mutex.Unlock()
	defer close(b.done)
	query := url.Values{"ids": {strings.Join(ids, ",")}, "limit": {"200"}}
	// Not of one reader's context: the others wait for it, too.
	answer, err := c.Do(context.Background(), Request{Method: http.MethodGet, Path: path, Query: query})
	if err != nil {
		b.err = err
		return
	}
	b.rows = map[string]any{}
	for _, row := range rowsOf(answer) {
		if id, ok := row["id"].(string); ok {
			b.rows[id] = row
		}
	}
}

// Find lists what has these properties, as far as one page goes.
func (c *Client) Find(ctx context.Context, path string, query url.Values) ([]map[string]any, error) {
	answer, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: query})
	return rowsOf(answer), err
}

func rowsOf(answer any) []map[string]any {
	body, _ := answer.(map[string]any)
	data, _ := body["data"].([]any)
	rows := make([]map[string]any, 0, len(data))
	for _, x := range data {
		if row, ok := x.(map[string]any); ok {
			rows = append(rows, row)
		}
	}
	return rows
}
