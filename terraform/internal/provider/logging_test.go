package provider

import (
	"testing"
)

func TestWhoAsksForLogsGetsThem(t *testing.T) {
	for _, x := range []struct {
		environment []string
		want        bool
	}{
		{nil, false},
		{[]string{"PATH=/bin", "TF_LOG=", "TF_IN_AUTOMATION=1"}, false},
		{[]string{"PATH=/bin", "TF_LOG=trace"}, true},
		{[]string{"TF_LOG_PROVIDER=debug"}, true},
		{[]string{"TF_LOG_SDK_FRAMEWORK=info"}, true},
	} {
		if got := asksForLogs(x.environment); got != x.want {
			t.Errorf("%v: %v", x.environment, got)
		}
	}
}
