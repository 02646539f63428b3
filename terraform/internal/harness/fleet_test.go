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

// Plans with each of the two in turn. What else the machine does moves both.
const pairs = 3

// A clean plan asks for the list, 200 at a time, and for a few by themselves before it knows that there are many.
func mostRequests(fleet int) int { return fleet/200 + 40 }

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
	say("%d monitors made in %.1f s", size, time.Since(began).Seconds())
	theirs := ours.With(floor, s)
	watched := ours.With(real, counted.Server)
	watched.Run("plan", "-no-color", "-detailed-exitcode")
	say("a clean plan asks %s", counted)
	if n := counted.Total(); n > mostRequests(size) {
		t.Errorf("a clean plan asks %d times", n)
	}
	var own, least, ratios []float64
	for i := range pairs {
		own = append(own, seconds(func() { ours.Run("plan", "-no-color", "-detailed-exitcode") }))
		least = append(least, seconds(func() { theirs.Run("plan", "-no-color", "-detailed-exitcode") }))
		ratios = append(ratios, own[i]/least[i])
		say("pair %d of %d: %.2f s, with the floor %.2f s, ratio %.2f", i+1, pairs, own[i], least[i], ratios[i])
	}
	say("median ratio %.2f", median(ratios))
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

// say prints at once: a log would be shown at the end, which is minutes away.
func say(format string, values ...any) { fmt.Printf(format+"\n", values...) }

func seconds(f func()) float64 {
	began := time.Now()
	f()
	return time.Since(began).Seconds()
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	return sorted[len(sorted)/2]
}
