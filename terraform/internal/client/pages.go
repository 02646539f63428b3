package client

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
)

// A list that goes on for longer than this is not for one look-up.
const mostPages = 500

// Each gives a list's rows to `row`, page by page, until there are no more or it answers false.
func (c *Client) Each(ctx context.Context, path string, query url.Values, row func(map[string]any) bool) error {
	q := maps.Clone(query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("limit", "200")
	for range mostPages {
		answer, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: q})
		if err != nil {
			return err
		}
		for _, x := range rowsOf(answer) {
			if !row(x) {
				return nil
			}
		}
		body, _ := answer.(map[string]any)
		next, more := body["next_cursor"].(string)
		if !more {
			return nil
		}
		q.Set("cursor", next)
	}
	return fmt.Errorf("%s has more than %d rows: look for an id or a key instead", path, mostPages*200)
}
