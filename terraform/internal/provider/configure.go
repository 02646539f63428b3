package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	"github.com/gochron/terraform-provider-gochron/internal/token"
)

var _ provider.ProviderWithValidateConfig = (*gochron)(nil)

// ValidateConfig says what is wrong with what is written, before anything is asked.
func (p *gochron) ValidateConfig(ctx context.Context, r provider.ValidateConfigRequest, out *provider.ValidateConfigResponse) {
	var s settings
	out.Diagnostics.Append(r.Config.Get(ctx, &s)...)
	if x := s.Endpoint.ValueString(); x != "" {
		checkEndpoint(&out.Diagnostics, x, "")
	}
	if x := s.Token.ValueString(); x != "" {
		checkToken(&out.Diagnostics, x, "")
	}
	if x := s.CAFile.ValueString(); x != "" {
		checkCAFile(&out.Diagnostics, x, "")
	}
}

// checkOptions says what is wrong with what is set, be it written or in the environment.
func checkOptions(d *diag.Diagnostics, s settings, o client.Options) {
	if o.BaseURL == "" {
		d.AddAttributeError(path.Root("endpoint"), "No endpoint", "Set `endpoint` of the provider, or GOCHRON_URL, to the server's URL, such as \"https://gochron.example.com\".")
	} else {
		checkEndpoint(d, o.BaseURL, from(s.Endpoint.ValueString(), "GOCHRON_URL"))
	}
	if o.Token == "" {
		d.AddAttributeError(path.Root("token"), "No token", "Set GOCHRON_TOKEN, or `token` of the provider from a variable. `POST /api/tokens` makes one, and so does `gochron token create` on the server.")
	} else {
		checkToken(d, o.Token, from(s.Token.ValueString(), "GOCHRON_TOKEN"))
	}
	if o.CAFile != "" {
		checkCAFile(d, o.CAFile, from(s.CAFile.ValueString(), "GOCHRON_CA_FILE"))
	}
}

// from says where a value came from when it was not written.
func from(written, variable string) string {
	if written != "" {
		return ""
	}
	return " (from " + variable + ")"
}

func checkEndpoint(d *diag.Diagnostics, given, whence string) {
	wrong := func(text string) {
		d.AddAttributeError(path.Root("endpoint"), "No such endpoint", fmt.Sprintf("%q%s %s", given, whence, text))
	}
	u, err := url.Parse(given)
	switch {
	case !strings.Contains(given, "://"):
		wrong(fmt.Sprintf("has no scheme: write %q.", "https://"+strings.TrimLeft(given, "/")))
	case err != nil:
		wrong("is no URL: " + err.Error())
	case u.Scheme != "http" && u.Scheme != "https":
		wrong("is neither an http nor an https URL.")
	case u.Hostname() == "":
		wrong("names no host.")
	case u.User != nil:
		wrong("has user information: the token goes into `token`, or GOCHRON_TOKEN.")
	case u.RawQuery != "" || u.Fragment != "":
		wrong("has a query or a fragment: the URL of the server is enough.")
	case strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/api"):
		wrong("ends in /api: leave that out, the provider adds it.")
	}
}

// A token carries a checksum, so that a typo shows without asking anybody.
func checkToken(d *diag.Diagnostics, given, whence string) {
	if err := token.Check(given); err != nil {
		d.AddAttributeError(path.Root("token"), "No such token", fmt.Sprintf("What is set%s %s. Copy the whole of it again, or make another one.", whence, err))
	}
}

func checkCAFile(d *diag.Diagnostics, given, whence string) {
	wrong := func(text string) {
		d.AddAttributeError(path.Root("ca_file"), "No such certificates", fmt.Sprintf("%q%s %s", given, whence, text))
	}
	pem, err := os.ReadFile(given)
	switch {
	case err != nil:
		wrong("cannot be read: " + err.Error())
	case !x509.NewCertPool().AppendCertsFromPEM(pem):
		wrong("holds no certificate in PEM form.")
	}
}

// greet asks the server one thing that most tokens may read, so that a wrong endpoint or token is told once, at its
// attribute, and not by each resource.
func greet(ctx context.Context, d *diag.Diagnostics, c *client.Client, endpoint string) {
	answer, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: "/api/meta"})
	body, _ := answer.(map[string]any)
	var p *client.Problem
	errors.As(err, &p)
	switch {
	case err == nil && word(body["version"]) != "":
	case p != nil && p.Status == http.StatusForbidden: // a token that is known, and may read something else
	case err == nil || (p != nil && (p.Code == "unexpected_answer" || p.Status == http.StatusNotFound)):
		d.AddAttributeError(path.Root("endpoint"), "Not gochron", fmt.Sprintf("What answers at %s does not speak gochron's API. Is the host right, and is there a path to add?", endpoint))
	case p != nil && p.Status == http.StatusUnauthorized:
		d.AddAttributeError(path.Root("token"), "No such token", "The server knows no such token: it was revoked, has expired, or belongs to another server than "+endpoint+". Set another one as `token` of the provider, or as GOCHRON_TOKEN.\n"+p.Error())
	case p != nil:
		d.AddAttributeError(path.Root("endpoint"), "The server does not answer as it should", p.Error())
	case isAboutCertificates(err):
		distrust(d, err)
	default:
		d.AddAttributeError(path.Root("endpoint"), "The server cannot be reached", err.Error()+"\nIs it running, and is `endpoint`, or GOCHRON_URL, right? Behind a proxy, HTTPS_PROXY and NO_PROXY say which way to go.")
	}
}

// distrust says what is wrong with the server's certificate: more authorities help only where none is known.
func distrust(d *diag.Diagnostics, err error) {
	const summary = "The server's certificate is not trusted"
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		d.AddAttributeError(path.Root("endpoint"), summary, err.Error()+"\nIt is one of another host: use the name that it is for as `endpoint`, or GOCHRON_URL.")
	case errors.As(err, &invalid):
		d.AddAttributeError(path.Root("endpoint"), summary, err.Error()+"\nWhoever runs the server has to renew or replace it.")
	default:
		d.AddAttributeError(path.Root("ca_file"), summary, err.Error()+"\nIf it is one of your own authority, set `ca_file`, or GOCHRON_CA_FILE, to the authority's certificates.")
	}
}

func isAboutCertificates(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted)
}
