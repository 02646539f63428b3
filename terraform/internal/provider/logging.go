package provider

import (
	"os"
	"strings"
)

// KeepQuiet has the libraries write no traces when nobody reads them. A plan of one monitor has them write six hundred lines,
// which Terraform parses, and then drops unless TF_LOG, or one of its kind, says otherwise. (ADR 163)
func KeepQuiet() error {
	if asksForLogs(os.Environ()) {
		return nil
	}
	return os.Setenv("TF_LOG_SDK", "ERROR")
}

func asksForLogs(environment []string) bool {
	for _, x := range environment {
		name, value, _ := strings.Cut(x, "=")
		if strings.HasPrefix(name, "TF_LOG") && value != "" {
			return true
		}
	}
	return false
}
