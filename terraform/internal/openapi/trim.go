package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

//go:generate go run ./trim

// Source is the API's description that this package's is cut from, seen from the package's directory.
const Source = "../../../docs/reference/openapi-0.1.0.json"

// also are read by data sources and ephemeral resources, beside what can be configured.
var also = []string{"/api/organization", "/api/limits", "/api/meta", "/api/oncall", "/api/tokens/{id}/rotate", "/api/channels/{id}/secret/roll"}

// Trim cuts a description down to what this provider needs of it: the collections that things can be made in, what is
// written to and answered by them, and no example. A path or a schema is a line, so that a change of the API reads as one.
func Trim(whole []byte) ([]byte, error) {
	var d struct {
		OpenAPI string `json:"openapi"`
		Info    struct {
			Title   string `json:"title"`
			Version string `json:"version"`
		} `json:"info"`
		Paths      map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas    map[string]any            `json:"schemas"`
			Parameters map[string]map[string]any `json:"parameters"`
		} `json:"components"`
	}
	if err := json.Unmarshal(whole, &d); err != nil {
		return nil, err
	}
	paths := map[string]any{}
	for _, path := range needed(d.Paths) {
		kept := map[string]any{}
		for method, operation := range d.Paths[path] {
			kept[method] = trimOperation(method, operation, d.Components.Parameters)
		}
		paths[path] = kept
	}
	schemas := map[string]any{}
	reach(paths, d.Components.Schemas, schemas)
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"openapi\":%q,\"info\":{\"title\":%q,\"version\":%q},\n\"paths\":{\n", d.OpenAPI, d.Info.Title, d.Info.Version)
	if err := lines(&out, paths); err != nil {
		return nil, err
	}
	out.WriteString("},\n\"components\":{\"schemas\":{\n")
	if err := lines(&out, schemas); err != nil {
		return nil, err
	}
	out.WriteString("}}}\n")
	return out.Bytes(), nil
}

// needed are the collections with a POST whose items can be deleted, the items, and the rest of what is used.
func needed(paths map[string]map[string]any) []string {
	all := append([]string{}, also...)
	for item, operations := range paths {
		at := strings.LastIndex(item, "/")
		if _, ok := operations["delete"]; !ok || at < 0 || !strings.HasSuffix(item, "}") {
			continue
		}
		if _, ok := paths[item[:at]]["post"]; ok {
			all = append(all, item[:at], item)
		}
	}
	return all
}

func trimOperation(method string, operation any, named map[string]map[string]any) map[string]any {
	o, _ := operation.(map[string]any)
	kept := map[string]any{"operationId": o["operationId"], "summary": o["summary"]}
	var query []any
	list, _ := o["parameters"].([]any)
	for _, p := range list {
		one, _ := p.(map[string]any)
		if ref, ok := one["$ref"].(string); ok {
			one = named[ref[strings.LastIndex(ref, "/")+1:]]
		}
		query = append(query, map[string]any{"name": one["name"], "in": one["in"]})
	}
	if query != nil {
		kept["parameters"] = query
	}
	if body := content(o["requestBody"]); body != nil && method != "patch" { // what is patched is written whole, too
		kept["requestBody"] = body
	}
	responses, _ := o["responses"].(map[string]any)
	answers := map[string]any{}
	for status, response := range responses {
		if body := content(response); body != nil && strings.HasPrefix(status, "2") {
			answers[status] = body
		}
	}
	if len(answers) > 0 {
		kept["responses"] = answers
	}
	return kept
}

func content(of any) map[string]any {
	o, _ := of.(map[string]any)
	media, _ := o["content"].(map[string]any)
	body, _ := media["application/json"].(map[string]any)
	if body == nil {
		return nil
	}
	return map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": bare(body["schema"])}}}
}

// bare leaves out what neither an attribute nor a value needs.
func bare(x any) any {
	switch v := x.(type) {
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = bare(item)
		}
		return all
	case map[string]any:
		kept := map[string]any{}
		for name, y := range v {
			switch name {
			case "properties":
				properties := map[string]any{}
				for property, schema := range y.(map[string]any) {
					properties[property] = bare(schema)
				}
				kept[name] = properties
			case "examples", "additionalProperties":
			case "default", "const", "enum":
				kept[name] = y
			default:
				kept[name] = bare(y)
			}
		}
		return kept
	}
	return x
}

// reach collects the schemas that x refers to, whatever the depth.
func reach(x any, from, to map[string]any) {
	switch v := x.(type) {
	case []any:
		for _, item := range v {
			reach(item, from, to)
		}
	case map[string]any:
		for _, item := range v {
			reach(item, from, to)
		}
	case string:
		name, ok := strings.CutPrefix(v, "#/components/schemas/")
		if _, known := to[name]; !ok || known {
			return
		}
		if s, there := from[name]; there {
			to[name] = bare(s)
			reach(to[name], from, to)
		}
	}
}

func lines(out *bytes.Buffer, all map[string]any) error {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		var one bytes.Buffer
		e := json.NewEncoder(&one)
		e.SetEscapeHTML(false)
		if err := e.Encode(all[name]); err != nil {
			return err
		}
		comma := ","
		if i == len(names)-1 {
			comma = ""
		}
		fmt.Fprintf(out, "%q:%s%s\n", name, bytes.TrimSpace(one.Bytes()), comma)
	}
	return nil
}
