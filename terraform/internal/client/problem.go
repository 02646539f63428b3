package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// What an answer can be instead of one.
var (
	ErrUnchanged   = errors.New("nothing has changed")
	ErrUnreachable = errors.New("cannot be reached")
	ErrPerhapsDone = errors.New("an earlier try had no answer, and may have been done")
)

// Violation is one thing that is wrong with a request.
type Violation struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// Problem is an answer that is none (RFC 9457).
type Problem struct {
	Status    int         `json:"status"`
	Code      string      `json:"code"`
	Title     string      `json:"title"`
	Detail    string      `json:"detail"`
	RequestID string      `json:"request_id"`
	BlockedBy []string    `json:"blocked_by"`
	Errors    []Violation `json:"errors"`
}

func (p *Problem) Error() string {
	text := fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail)
	if len(p.BlockedBy) > 0 {
		text += " In the way: " + strings.Join(p.BlockedBy, ", ") + "."
	}
	for _, v := range p.Errors {
		text += fmt.Sprintf("\n%s: %s", v.Pointer, v.Detail)
	}
	if p.RequestID != "" {
		text += "\nRequest " + p.RequestID
	}
	return text
}

func problemOf(status int, text []byte) error {
	p := Problem{}
	if err := json.Unmarshal(text, &p); err != nil || p.Code == "" {
		return unexpected(status, "no problem document")
	}
	p.Status = status
	return &p
}

func unexpected(status int, what string) error {
	return &Problem{Status: status, Code: "unexpected_answer", Detail: fmt.Sprintf("The server answered %d with something that is %s. Is the endpoint gochron's?", status, what)}
}

// IsNotFound says whether the server said that there is no such thing.
func IsNotFound(err error) bool { return statusOf(err) == http.StatusNotFound }

// IsStale says whether somebody else has changed it since.
func IsStale(err error) bool { return statusOf(err) == http.StatusPreconditionFailed }

// IsReused says whether the idempotency key belongs to another request.
func IsReused(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == "idempotency_key_reused"
}

func statusOf(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return 0
}

// isInDoubt says whether a request that failed may have been done: its answer was lost, or came from somebody in between.
func isInDoubt(err error) bool {
	switch statusOf(err) {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return errors.Is(err, ErrUnreachable)
}
