package provider

import (
	"regexp"
	"strings"
)

// changeReason is what the audit log says of why: what the configuration gives, or an own variable, or whatever the CI
// that it runs in says of the pull request, or of the commit.
func changeReason(configured string, env func(string) string) string {
	for _, given := range []string{configured, env("GOCHRON_CHANGE_REASON"), ofGitHub(env), ofGitLab(env), env("GIT_COMMIT")} {
		if given = oneLine(given); given != "" {
			return given
		}
	}
	return ""
}

var pullRequest = regexp.MustCompile(`^refs/pull/([0-9]+)/`)

func ofGitHub(env func(string) string) string {
	server, repository, sha := env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY"), env("GITHUB_SHA")
	if server == "" || repository == "" {
		return sha
	}
	if number := pullRequest.FindStringSubmatch(env("GITHUB_REF")); number != nil {
		return server + "/" + repository + "/pull/" + number[1]
	}
	if sha == "" {
		return ""
	}
	return server + "/" + repository + "/commit/" + sha
}

func ofGitLab(env func(string) string) string {
	project, sha := env("CI_PROJECT_URL"), env("CI_COMMIT_SHA")
	if number := env("CI_MERGE_REQUEST_IID"); number != "" && env("CI_MERGE_REQUEST_PROJECT_URL") != "" {
		return env("CI_MERGE_REQUEST_PROJECT_URL") + "/-/merge_requests/" + number
	}
	if project == "" || sha == "" {
		return sha
	}
	return project + "/-/commit/" + sha
}

// The API takes one line of at most 1,000 characters; of headers only what is ASCII arrives as it is.
const longestReason = 1000

func oneLine(x string) string {
	x = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return ' '
		}
		return c
	}, strings.TrimSpace(x))
	return x[:min(len(x), longestReason)]
}
