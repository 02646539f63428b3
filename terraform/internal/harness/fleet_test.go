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
//	GOCHRON_BIN=... GOCHRON_FLEET=1000 go test -timeout 20m -run TestACleanPlanOfAFleet -v ./internal/harness
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
	watched.Run(cleanPlan...)
	say("a clean plan asks %s", counted)
	if n := counted.Total(); n > mostRequests(size) {
		t.Errorf("a clean plan asks %d times", n)
	}
	var wall, cpu []float64
	for i := range pairs {
		own, least := ours.Time(cleanPlan...), theirs.Time(cleanPlan...)
		wall, cpu = append(wall, own.Wall/least.Wall), append(cpu, own.CPU/least.CPU)
		say("pair %d of %d: %.2f s and %.2f s of CPU, with the floor %.2f s and %.2f s", i+1, pairs, own.Wall, own.CPU, least.Wall, least.CPU)
	}
	say("ratios %.2f, median %.2f; of CPU %.2f, median %.2f", wall, median(wall), cpu, median(cpu))
	if median(wall) > mostOfFloor {
		t.Errorf("a clean plan takes %.2f times Terraform's own share; at most %.1f", median(wall), mostOfFloor)
	}
}

// It fails when there is anything to do.
var cleanPlan = []string{"plan", "-no-color", "-detailed-exitcode"}

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

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	return sorted[len(sorted)/2]
}
