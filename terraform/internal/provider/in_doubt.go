package provider

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

// write replaces what was of the version that the request names. When the answer was lost, and the repetition meets
// another version, that may be its own: then what is there is the answer.
func (t *thing) write(ctx context.Context, change client.Request, state, plan tftypes.Value) (any, error) {
	answer, err := t.client.Do(ctx, change)
	if !errors.Is(err, client.ErrPerhapsDone) {
		return answer, err
	}
	present, unread := t.client.Do(ctx, client.Request{Method: http.MethodGet, Path: t.item(state)})
	if row, ok := present.(map[string]any); unread == nil && ok && t.isDone(row, change.IfMatch, plan) {
		return row, nil
	}
	return nil, err
}

// isDone says whether something is what was planned, in the version right after the one that was replaced.
func (t *thing) isDone(row map[string]any, replaced string, plan tftypes.Value) bool {
	version, _ := row["version"].(json.Number)
	now, err := version.Int64()
	if err != nil || replaced != etag(now-1) {
		return false
	}
	value, err := t.noun.toState(t.shape, row, plan, text(plan, t.noun.parent))
	if err != nil {
		return false
	}
	differences, err := plan.Diff(value)
	for _, d := range differences {
		if d.Value1 == nil || d.Value1.IsKnown() {
			return false
		}
	}
	return err == nil
}
