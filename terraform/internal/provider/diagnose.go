package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

func unconfigured() diag.Diagnostic {
	return diag.NewErrorDiagnostic("The provider is not configured",
		"Its `endpoint` or `token` is not known yet: something must be made first that they come from. Apply that with `-target`.")
}

// failAt tells an error at the attribute that it is about, with what to do.
func failAt(d *diag.Diagnostics, at path.Path, summary string, err error) {
	failWhere(d, summary, err, at, func(string) path.Path { return at })
}

// failBy is failAt where the server's violations have their attributes, by the first part of their pointers.
func failBy(d *diag.Diagnostics, summary string, err error, attributes map[string]string) {
	failWhere(d, summary, err, path.Empty(), func(pointer string) path.Path {
		first, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
		if name, known := attributes[first]; known {
			return path.Root(name)
		}
		return path.Empty()
	})
}

// failWhere tells each violation of an error at the attribute that `where` finds for its pointer, and anything else at
// `otherwise`. An empty path is no attribute.
func failWhere(d *diag.Diagnostics, summary string, err error, otherwise path.Path, where func(pointer string) path.Path) {
	var p *client.Problem
	if !errors.As(err, &p) {
		tell(d, otherwise, summary, err.Error()+remedyOf(err))
		return
	}
	if len(p.Errors) == 0 || p.Code == planLimit {
		tell(d, otherwise, summary, p.Error()+remedy(p))
		return
	}
	for _, v := range p.Errors {
		at := where(v.Pointer)
		detail := fmt.Sprintf("%s (%s, request %s)%s", v.Detail, v.Code, p.RequestID, remedyFor(v))
		if len(at.Steps()) == 0 {
			detail = v.Pointer + ": " + detail
		}
		tell(d, at, summary, detail)
	}
}

func tell(d *diag.Diagnostics, at path.Path, summary, detail string) {
	if len(at.Steps()) == 0 {
		d.AddError(summary, detail)
		return
	}
	d.AddAttributeError(at, summary, detail)
}
