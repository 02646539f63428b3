// Command trim makes openapi.json beside this directory from the API's whole description.
package main

import (
	"log"
	"os"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

func main() {
	whole, err := os.ReadFile(openapi.Source)
	if err != nil {
		log.Fatal(err)
	}
	kept, err := openapi.Trim(whole)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("openapi.json", kept, 0o644); err != nil {
		log.Fatal(err)
	}
}
