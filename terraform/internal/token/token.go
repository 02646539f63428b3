// Package token knows what gochron's API tokens look like.
package token

import (
	"errors"
	"hash/crc32"
	"strings"
)

const (
	prefix   = "gct_"
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	size     = len(prefix) + 43 + checks
	checks   = 6
)

// Check says what is wrong with a text that can be no token; the text itself is never in the error. After the prefix
// come 43 base62 digits, and six that are the CRC-32 (IEEE) of all that stands before them.
func Check(text string) error {
	switch {
	case strings.TrimSpace(text) != text:
		return errors.New("has a space or a line break at one of its ends")
	case !strings.HasPrefix(text, prefix):
		return errors.New("is no API token: they begin with `" + prefix + "`")
	case len(text) != size:
		return errors.New("is cut short, or has too much: tokens have 53 characters")
	case strings.Trim(text[len(prefix):], alphabet) != "":
		return errors.New("has a character that no token has")
	case checkOf(text[:size-checks]) != text[size-checks:]:
		return errors.New("has a typo: its checksum is another one")
	}
	return nil
}

func checkOf(text string) string {
	rest := crc32.ChecksumIEEE([]byte(text))
	var digits [checks]byte
	for i := checks - 1; i >= 0; i-- {
		digits[i] = alphabet[rest%62]
		rest /= 62
	}
	return string(digits[:])
}
