package harness

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// A clean plan of a fleet takes at most so many times as long as one with a provider that asks nobody.
const mostOfFloor = 1.3

// Run it by itself, on a machine that does nothing else:
//
//	GOCHRON_BIN=... GOCHRON_FLEET=1000 go test -run TestACleanPlanOfAFleet -v ./internal/harness
func TestACleanPlanOfAFleetIsNearTerraformsFloor(t *testing.T) {
	size, err := strconv.Atoi(os.Getenv("GOCHRON_FLEET"))
	if err != nil {
		t.Skip("GOCHRON_FLEET names no number of monitors")
	}
	s := Start(t)
	counted := Count(t, s)
	real, floor := Provider(t, ""), Provider(t, "/internal/harness/floor")
	ours := Workspace(t, real, s)
	ours.Write("main.tf", fmt.Sprintf(fleet, size))
	began := time.Now()
	ours.Apply()
	t.Logf("%d monitors made in %.1f s", size, time.Since(began).Seconds())
	theirs := ours.With(floor, s)
	watched := ours.With(real, counted.Server)
	watched.Run("plan", "-no-color", "-detailed-exitcode")
	t.Logf("a clean plan asks %s", counted)
	var own, least []float64
	for range 5 {
		own = append(own, seconds(func() { ours.Run("plan", "-no-color", "-detailed-exitcode") }))
		least = append(least, seconds(func() { theirs.Run("plan", "-no-color", "-detailed-exitcode") }))
	}
	var ratios []float64
	for i := range own {
		ratios = append(ratios, own[i]/least[i])
	}
	t.Logf("seconds of a clean plan: %.2f, with the floor: %.2f; ratios %.2f, median %.2f", own, least, ratios, median(ratios))
	if median(ratios) > mostOfFloor {
		t.Errorf("a clean plan takes %.2f times Terraform's own share; at most %.1f", median(ratios), mostOfFloor)
	}
}

const fleet = `
terraform {
  required_providers {
    gochron = { source = "gochron/gochron" }
  }
}
resource "gochron_monitor" "fleet" {
  count  = %d
  name   = "Shop ${count.index}"
  key    = "shop-${count.index}"
  paused = true
  tags   = ["env:prod", "shop"]
  http   = { url = "https://shop${count.index}.example.com/", required_keyword = "Welcome" }
}
`

func seconds(f func()) float64 {
	began := time.Now()
	f()
	return time.Since(began).Seconds()
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	return sorted[len(sorted)/2]
}
