package openapi

import (
	"bytes"
	"os"
	"testing"
)

func TestTheEmbeddedDescriptionIsOfTheServersPresentOne(t *testing.T) {
	whole, err := os.ReadFile(Source)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Trim(whole)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, embedded) {
		t.Fatalf("openapi.json is of another description: run `go generate ./...` in terraform/")
	}
}

func TestTrimRefusesWhatIsNoDescription(t *testing.T) {
	if _, err := Trim([]byte("{")); err == nil {
		t.Fatal("half a document was taken")
	}
}
