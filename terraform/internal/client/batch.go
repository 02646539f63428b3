package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
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
	ahead map[string]*ahead // by path
}

type batch struct {
	ids   []string
	known string // of the last of them
	done  chan struct{}
	rows  map[string]any
	err   error
}

// Get reads one of a collection's items: from what was read ahead, or together with others that are asked for at the same
// time. A nil answer without an error: there is none. ErrUnchanged: its ETag still is `known`.
func (c *Client) Get(ctx context.Context, path, id, known string) (map[string]any, error) {
	row, err := c.foresee(ctx, path, id)
	if row == nil && err == nil {
		row, err = c.together(ctx, path, id, known)
	}
	if err == nil && known != "" && tagOf(row) == known {
		return nil, ErrUnchanged
	}
	return row, err
}

// tagOf is the ETag of an item, which is its version; empty: it has none.
func tagOf(row map[string]any) string {
	v, ok := row["version"].(json.Number)
	if !ok {
		return ""
	}
	return `"` + v.String() + `"`
}

func (c *Client) together(ctx context.Context, path, id, known string) (map[string]any, error) {
	b := c.join(path, id, known)
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

func (c *Client) join(path, id, known string) *batch {
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
	b.known = known
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
	b.rows = map[string]any{}
	if len(ids) == 1 && b.known != "" {
		b.err = c.one(path, ids[0], b)
		return
	}
	query := url.Values{"ids": {strings.Join(ids, ",")}, "limit": {strconv.Itoa(mostAtATime)}}
	// Not of one reader's context: the others wait for it, too.
	answer, err := c.Do(context.Background(), Request{Method: http.MethodGet, Path: path, Query: query})
	if err != nil {
		b.err = err
		return
	}
	for _, row := range rowsOf(answer) {
		if id, ok := row["id"].(string); ok {
			b.rows[id] = row
		}
	}
}

// one asks for a single item that is known: that nothing has changed costs no quota.
func (c *Client) one(path, id string, b *batch) error {
	answer, err := c.Do(context.Background(), Request{Method: http.MethodGet, Path: path + "/" + url.PathEscape(id), IfNoneMatch: b.known})
	if IsNotFound(err) {
		return nil
	}
	if row, ok := answer.(map[string]any); ok {
		b.rows[id] = row
	}
	return err
}

// Find lists what has these properties, as far as one page goes.
func (c *Client) Find(ctx context.Context, path string, query map[string][]string) ([]map[string]any, error) {
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
