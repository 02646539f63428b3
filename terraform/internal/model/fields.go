package model

import (
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// Hidden properties are none of Terraform's business: a ttl is another way to write expires_at, and it would expire
// with each plan.
var hidden = map[string]bool{"ttl_seconds": true}

// reserved names mean something else to Terraform at the root of a resource.
var reserved = map[string]string{
	"connection": "connection_", "count": "count_", "depends_on": "depends_on_ids", "for_each": "for_each_",
	"lifecycle": "lifecycle_", "provider": "provider_", "provisioner": "provisioner_",
}

// Rootable renames what Terraform would not take as attributes of a resource, and says what.
func Rootable(fields map[string]*Node) map[string]string {
	done := map[string]string{}
	for name, other := range reserved {
		if n, ok := fields[name]; ok {
			delete(fields, name)
			fields[other], done[name] = n, other
		}
	}
	return done
}

// The suffix of a secret's attribute, and what follows it for the number that has it sent again.
const (
	writeOnlySuffix = "_wo"
	versionSuffix   = "_version"
)

// Fields makes the nodes of an object's properties, by the attributes' names.
func Fields(doc *openapi.Document, in, out *openapi.Schema) map[string]*Node {
	fields := map[string]*Node{}
	written := map[string]bool{}
	if in != nil {
		required := map[string]bool{}
		for _, name := range in.Required {
			required[name] = true
		}
		for name, s := range in.Properties {
			written[name] = true
			if !hidden[name] && s.Const == nil {
				add(doc, fields, name, s, property(out, name), required[name])
			}
		}
	}
	if out != nil {
		for name, s := range out.Properties {
			if !written[name] && !hidden[name] && s.Const == nil {
				n := Build(doc, nil, s)
				n.Property = name
				n.DigestOf, n.FollowsOf = digestOf(in, name)
				fields[name] = n
			}
		}
	}
	return fields
}

// add makes the attributes of one property that is written.
func add(doc *openapi.Document, fields map[string]*Node, name string, in, out *openapi.Schema, required bool) {
	if types := union(doc, in); len(types) > 0 {
		addUnion(doc, fields, name, in, types, required)
		return
	}
	n := Build(doc, in, out)
	n.Property, n.Required = name, required
	switch {
	case n.WriteOnly:
		secret := name + writeOnlySuffix
		fields[secret] = n
		fields[secret+versionSuffix] = versionNode(secret)
		n.Description += " Terraform keeps it nowhere."
	case n.Nullable && n.Default != nil:
		fields[name] = n
		fields[name+"_unlimited"] = unlimitedNode(name, n.Default)
	default:
		fields[name] = n
	}
}

// union are the types of a property that has several, besides null.
func union(doc *openapi.Document, s *openapi.Schema) []*openapi.Schema {
	if s = doc.Resolve(s); len(s.AnyOf) < 2 {
		return nil
	}
	return s.AnyOf
}

// A property of several types is an attribute of each: Terraform's own dynamic type cannot stand in lists.
func addUnion(doc *openapi.Document, fields map[string]*Node, name string, of *openapi.Schema, types []*openapi.Schema, required bool) {
	var names []string
	var nodes []*Node
	for _, s := range types {
		n := Build(doc, s, nil)
		n.Property, n.Description = name, of.Description
		suffix := ""
		at := n
		if n.Kind == List {
			suffix, at = "_list", n.Item
		}
		if at.Kind == Integer || at.Kind == Number {
			suffix = "_number" + suffix
		}
		names, nodes = append(names, name+suffix), append(nodes, n)
	}
	for i, n := range nodes {
		fields[names[i]] = n
		n.Description = strings.TrimSuffix(n.Description, ".") + ". One of `" + strings.Join(names, "`, `") + "`."
		n.OneOf, n.MustChoose = names, required
	}
}

func property(s *openapi.Schema, name string) *openapi.Schema {
	if s == nil {
		return nil
	}
	return s.Properties[name]
}

// digestOf is the secret that an answered property tells of.
func digestOf(in *openapi.Schema, name string) (digest, follows string) {
	if in == nil {
		return "", ""
	}
	for secret, s := range in.Properties {
		switch {
		case !s.WriteOnly:
		case name == secret+"_fingerprint":
			return secret + writeOnlySuffix, ""
		case name == secret+"_masked":
			return "", secret + writeOnlySuffix
		}
	}
	return "", ""
}

func versionNode(of string) *Node {
	return &Node{
		Kind: Integer, Nullable: true, VersionOf: of,
		Description: "Any number; change it to have `" + of + "` sent again, since Terraform keeps no secret to compare it with.",
	}
}

func unlimitedNode(of string, limit any) *Node {
	return &Node{
		Kind: Bool, Default: false, NullOf: of, NullInstead: limit,
		Description: "No limit, in place of `" + of + "`: what the API writes as null.",
	}
}
