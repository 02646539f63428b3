package provider

import (
	"strings"
	"testing"
)

func TestTheReasonOfAChangeIsTheNearestThatIsKnown(t *testing.T) {
	github := map[string]string{"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/infra", "GITHUB_SHA": "0ff1ce"}
	pull := map[string]string{"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/infra", "GITHUB_REF": "refs/pull/17/merge"}
	gitlab := map[string]string{"CI_PROJECT_URL": "https://gitlab.com/shop/infra", "CI_COMMIT_SHA": "0ff1ce"}
	merge := map[string]string{"CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.com/shop/infra", "CI_MERGE_REQUEST_IID": "4"}
	for _, x := range []struct {
		configured string
		env        map[string]string
		want       string
	}{
		{"", nil, ""},
		{"by hand", github, "by hand"},
		{"", map[string]string{"GOCHRON_CHANGE_REASON": "abc", "GITHUB_SHA": "0ff1ce"}, "abc"},
		{"", github, "https://github.com/shop/infra/commit/0ff1ce"},
		{"", pull, "https://github.com/shop/infra/pull/17"},
		{"", gitlab, "https://gitlab.com/shop/infra/-/commit/0ff1ce"},
		{"", merge, "https://gitlab.com/shop/infra/-/merge_requests/4"},
		{"two\nlines", nil, "two lines"},
		{strings.Repeat("x", 2000), nil, strings.Repeat("x", 1000)},
	} {
		if got := changeReason(x.configured, func(name string) string { return x.env[name] }); got != x.want {
			t.Errorf("%q of %v: got %q", x.want, x.env, got)
		}
	}
}
