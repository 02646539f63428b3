package client

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// lists answers pages of two rows: 0 and 1, 2 and 3, ... `pages` of them; negative: without end.
func lists(t *testing.T, pages int) (*Client, *[]string) {
	t.Helper()
	asked := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.RawQuery)
		page := 0
		_, _ = fmt.Sscanf(r.URL.Query().Get("cursor"), "after-%d", &page)
		next := fmt.Sprintf("%q", fmt.Sprintf("after-%d", page+1))
		if page+1 == pages {
			next = "null"
		}
		fmt.Fprintf(w, `{"data":[{"id":"%d"},{"id":"%d"}],"next_cursor":%s}`, 2*page, 2*page+1, next)
	}))
	t.Cleanup(server.Close)
	c, err := New(Options{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}

func TestAListIsReadToItsEnd(t *testing.T) {
	c, asked := lists(t, 3)
	var ids []string
	query := url.Values{"q": {"shop"}}
	err := c.Each(context.Background(), "/api/monitors", query, func(row map[string]any) bool {
		ids = append(ids, row["id"].(string))
		return true
	})
	if err != nil || strings.Join(ids, " ") != "0 1 2 3 4 5" {
		t.Errorf("%v, %v", ids, err)
	}
	for _, q := range *asked {
		if !strings.Contains(q, "q=shop") || !strings.Contains(q, "limit=200") {
			t.Errorf("a page was asked for by %s", q)
		}
	}
	if len(query) != 1 {
		t.Errorf("the caller's query became %v", query)
	}
}

func TestAListIsReadNoFurtherThanWanted(t *testing.T) {
	c, asked := lists(t, 3)
	err := c.Each(context.Background(), "/api/monitors", nil, func(row map[string]any) bool { return row["id"] != "2" })
	if err != nil || len(*asked) != 2 {
		t.Errorf("%d pages were asked for: %v", len(*asked), err)
	}
}

func TestAListWithoutEndIsGivenUp(t *testing.T) {
	c, asked := lists(t, -1)
	err := c.Each(context.Background(), "/api/monitors", nil, func(map[string]any) bool { return true })
	if err == nil || !strings.Contains(err.Error(), "look for an id or a key instead") || len(*asked) != mostPages {
		t.Errorf("%d pages were asked for: %v", len(*asked), err)
	}
}
