// Command floor is the provider with an API that answers from memory: whatever is asked for is as the state has it. How
// long a plan takes with it is Terraform's own share. Only benchmarks use it.
package main

import (
	"context"
	"errors"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	own "github.com/gochron/terraform-provider-gochron/internal/provider"
)

type floor struct{ provider.Provider }

func (floor) Configure(_ context.Context, _ provider.ConfigureRequest, out *provider.ConfigureResponse) {
	out.ResourceData = memory{}
}

type memory struct{}

func (memory) Get(context.Context, string, string, string) (map[string]any, error) {
	return nil, client.ErrUnchanged
}

func (memory) Do(context.Context, client.Request) (any, error) {
	return nil, errors.New("this provider writes nothing")
}

func (memory) Find(context.Context, string, map[string][]string) ([]map[string]any, error) {
	return nil, nil
}

func main() {
	if err := own.KeepQuiet(); err != nil {
		log.Fatal(err)
	}
	serve := func() provider.Provider { return floor{own.New("floor")()} }
	options := providerserver.ServeOpts{Address: "registry.terraform.io/gochron/gochron"}
	if err := providerserver.Serve(context.Background(), serve, options); err != nil {
		log.Fatal(err)
	}
}
