// Package client speaks to gochron's REST API: one request at a time, patient where the server asks for patience.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// How long a server may be away, as it is while it restarts.
const reach = 15 * time.Second

// Options of a client. BaseURL has no slash at its end.
type Options struct {
	BaseURL, Token, ChangeReason, UserAgent, CAFile string
	Patience                                        time.Duration // how long one request may wait for its turn; 0: 5 min
}

// Client is safe for use by many goroutines.
type Client struct {
	o       Options
	http    *http.Client
	batches batches
}

// New checks the options and makes a client; nothing is asked yet.
func New(o Options) (*Client, error) {
	if u, err := url.Parse(o.BaseURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("%q is no http or https URL", o.BaseURL)
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Minute
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", o.CAFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &Client{o: o, http: &http.Client{Transport: transport, Timeout: 60 * time.Second}}, nil
}

// Request is one call. Body is written as JSON; nil: none.
type Request struct {
	Method, Path string
	Query        url.Values
	Body         any
	IfMatch      string // the ETag that a write is about; empty: whichever there is
	IfNoneMatch  string // the ETag that is known; ErrUnchanged when it is the present one
	Key          string // of idempotency, for a POST that is the same request as another one; empty: its own
}

// writes says whether something may be another afterwards.
func (r Request) writes() bool {
	return r.Method != http.MethodGet && r.Query.Get("validate_only") != "true"
}

// Do sends a request until it is answered, for as long as the server says that it may be tried again (429, 503) or a
// connection fails before an answer. A POST carries an idempotency key, so that its repetition is the same request. A
// repetition that meets another version than IfMatch may meet its own: ErrPerhapsDone beside the problem.
func (c *Client) Do(ctx context.Context, r Request) (any, error) {
	if r.writes() {
		defer c.forget() // whether it succeeds or not: it may have been done
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = json.Marshal(r.Body); err != nil {
			return nil, err
		}
	}
	key := r.Key
	if r.Method == http.MethodPost && key == "" {
		key = newKey()
	}
	began := time.Now()
	doubt := false
	for wait := firstPause; ; wait = min(2*wait, 10*time.Second) {
		answer, after, err := c.once(ctx, r, body, key)
		if doubt && IsStale(err) {
			err = fmt.Errorf("%w: %w", ErrPerhapsDone, err)
		}
		if err == nil || after < 0 || ctx.Err() != nil {
			return answer, err
		}
		doubt = doubt || isInDoubt(err)
		after = max(after, wait)
		if time.Since(began)+after > c.patience(err) {
			return nil, err
		}
		select {
		case <-time.After(after):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// A server that asks for patience is there; one that does not answer at all may never have been.
func (c *Client) patience(err error) time.Duration {
	if errors.Is(err, ErrUnreachable) {
		return min(c.o.Patience, reach)
	}
	return c.o.Patience
}

// The first pause before another try, unless the server names a longer one.
const firstPause = 250 * time.Millisecond

// once is one try. The duration says how long to wait before the next; negative: there should be none.
func (c *Client) once(ctx context.Context, r Request, body []byte, key string) (any, time.Duration, error) {
	q, err := c.request(ctx, r, body, key)
	if err != nil {
		return nil, -1, err
	}
	answer, err := c.http.Do(q)
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return nil, -1, err
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s %w: %w", c.o.BaseURL, ErrUnreachable, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err != nil {
		return nil, 0, fmt.Errorf("%s %w: %w", c.o.BaseURL, ErrUnreachable, err)
	}
	switch {
	case answer.StatusCode == http.StatusNotModified:
		return nil, -1, ErrUnchanged
	case answer.StatusCode >= 300:
		return nil, patienceFor(answer), problemOf(answer.StatusCode, text)
	case len(text) == 0:
		return nil, -1, nil
	}
	x, err := model.Decode(text)
	if err != nil {
		return nil, -1, unexpected(answer.StatusCode, "no JSON")
	}
	return x, -1, nil
}

// No answer that is wanted is longer: 200 resources of at most some 100 KiB.
const mostAnswer = 64 << 20

func (c *Client) request(ctx context.Context, r Request, body []byte, key string) (*http.Request, error) {
	target := c.o.BaseURL + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	q, err := http.NewRequestWithContext(ctx, r.Method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Authorization", "Bearer "+c.o.Token)
	q.Header.Set("Accept", "application/json")
	q.Header.Set("User-Agent", c.o.UserAgent)
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
		if r.Method == http.MethodPatch {
			q.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	for name, value := range map[string]string{"X-Gochron-Change-Reason": c.o.ChangeReason, "If-Match": r.IfMatch,
		"If-None-Match": r.IfNoneMatch, "Idempotency-Key": key} {
		if value != "" {
			q.Header.Set(name, value)
		}
	}
	return q, nil
}

// patienceFor is how long to wait before the same is asked again; negative: there is no use.
func patienceFor(answer *http.Response) time.Duration {
	given := answer.Header.Get("Retry-After")
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
	case http.StatusConflict: // the same idempotency key is still at work
		if given == "" {
			return -1
		}
	default:
		return -1
	}
	seconds, err := strconv.Atoi(given)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func newKey() string {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return "terraform-" + hex.EncodeToString(b)
}
