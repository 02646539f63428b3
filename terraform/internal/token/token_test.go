package token

import (
	"strings"
	"testing"
)

// Of 32 bytes of ones, as the server makes it.
const real = "gct_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13jQp3L"

func TestARealTokenIsGood(t *testing.T) {
	if err := Check(real); err != nil {
		t.Fatal(err)
	}
}

func TestEveryTypoShows(t *testing.T) {
	for i := len(prefix); i < len(real); i++ {
		other := byte('x')
		if real[i] == other {
			other = 'y'
		}
		if err := Check(real[:i] + string(other) + real[i+1:]); err == nil {
			t.Errorf("a typo at %d was taken", i)
		}
	}
}

func TestWhatIsNoTokenIsToldWithoutTellingIt(t *testing.T) {
	for text, says := range map[string]string{
		"hunter2":             "begin with",
		real[:40]:             "cut short",
		real + "0":            "too much",
		real + "\n":           "line break",
		real[:52] + "-":       "no token has",
		" " + real:            "space",
		"gct_" + real[4:52]:   "cut short",
		strings.ToUpper(real): "begin with",
	} {
		err := Check(text)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		} else if strings.Contains(err.Error(), text) {
			t.Errorf("it is told: %v", err)
		}
	}
}
