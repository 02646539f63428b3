package model

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Documentation is the description with what the schema says besides: bounds, values, the default.
func (n *Node) Documentation() string {
	said := []string{strings.TrimSpace(n.Description)}
	if len(n.Enum) > 0 {
		said = append(said, "One of `"+strings.Join(n.Enum, "`, `")+"`.")
	}
	if b := n.bounds(); b != "" {
		said = append(said, b)
	}
	if d := n.defaultText(); d != "" {
		said = append(said, "Default: `"+d+"`.")
	}
	if n.Immutable && !n.ReadOnly {
		said = append(said, "A change makes another one.")
	}
	return strings.TrimSpace(strings.Join(said, " "))
}

func (n *Node) bounds() string {
	switch {
	case n.ReadOnly || n.Min == nil && n.Max == nil:
		return ""
	case n.Min == nil:
		return fmt.Sprintf("At most %.0f.", *n.Max)
	case n.Max == nil:
		return fmt.Sprintf("At least %.0f.", *n.Min)
	}
	return fmt.Sprintf("%.0f to %.0f.", *n.Min, *n.Max)
}

func (n *Node) defaultText() string {
	switch n.Default.(type) {
	case nil, map[string]any:
		return "" // that of an object is that of its parts
	case string:
		return n.Default.(string)
	}
	text, err := json.Marshal(n.Default)
	if err != nil {
		return ""
	}
	return string(text)
}
