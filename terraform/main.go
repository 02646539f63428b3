// Command terraform-provider-gochron lets Terraform drive gochron.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/gochron/terraform-provider-gochron/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger")
	flag.Parse()
	if err := provider.KeepQuiet(); err != nil {
		log.Fatal(err)
	}
	options := providerserver.ServeOpts{Address: "registry.terraform.io/gochron/gochron", Debug: *debug}
	if err := providerserver.Serve(context.Background(), provider.New(version), options); err != nil {
		log.Fatal(err)
	}
}
