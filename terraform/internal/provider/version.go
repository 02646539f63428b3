package provider

import (
	"context"
	"encoding/json"
	"hash/crc32"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// The version that was read last stands in the private state: a write names it, so that nobody's edit is lost. Beside it
// stands which description of the API it was read by: a state that a provider with fewer attributes wrote is read anew.
const (
	versionKey = "version"
	readByKey  = "read_by"
)

type keeper interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

type kept interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

func keepVersion(ctx context.Context, to keeper, answer map[string]any) diag.Diagnostics {
	v, ok := answer["version"].(json.Number)
	if !ok {
		return nil
	}
	d := to.SetKey(ctx, versionKey, []byte(v.String()))
	d.Append(to.SetKey(ctx, readByKey, readBy())...)
	return d
}

// readBy tells descriptions apart, as JSON.
func readBy() []byte {
	return []byte(strconv.FormatUint(uint64(crc32.ChecksumIEEE(openapi.Text())), 10))
}

// versionTag is the ETag of the version that was read last; empty: there is none.
func versionTag(ctx context.Context, from kept) string {
	v, d := from.GetKey(ctx, versionKey)
	if d.HasError() || len(v) == 0 {
		return ""
	}
	return `"` + string(v) + `"`
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// knownTag is the same, where the state has all of what that version is.
func knownTag(ctx context.Context, from kept) string {
	by, d := from.GetKey(ctx, readByKey)
	if d.HasError() || string(by) != string(readBy()) {
		return ""
	}
	return versionTag(ctx, from)
}
