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
	var p *client.Problem
	if !errors.As(err, &p) {
		d.AddAttributeError(at, summary, err.Error())
		return
	}
	if len(p.Errors) == 0 {
		d.AddAttributeError(at, summary, p.Error()+remedy(p))
		return
	}
	for _, v := range p.Errors {
		d.AddAttributeError(at, summary, fmt.Sprintf("%s: %s (%s, request %s)", v.Pointer, v.Detail, v.Code, p.RequestID))
	}
}

// failBy is failAt where the server's violations have their attributes, by the first part of their pointers.
func failBy(d *diag.Diagnostics, summary string, err error, attributes map[string]string) {
	var p *client.Problem
	if !errors.As(err, &p) || len(p.Errors) == 0 {
		failAt(d, path.Empty(), summary, err)
		return
	}
	for _, v := range p.Errors {
		first, _, _ := strings.Cut(strings.TrimPrefix(v.Pointer, "/"), "/")
		at := path.Empty()
		if name, known := attributes[first]; known {
			at = path.Root(name)
		}
		d.AddAttributeError(at, summary, fmt.Sprintf("%s: %s (%s, request %s)", v.Pointer, v.Detail, v.Code, p.RequestID))
	}
}
