// SPDX-License-Identifier: Apache-2.0

//go:build go1.23

package imgassure

import (
	"errors"
	"testing"
)

func TestSeq(t *testing.T) {
	inventory := collect(t, session(t), input(t, "docker.tar"))
	names := ""
	for p, err := range inventory.Packages().Seq() {
		must(t, err)
		names += p.Name + " "
	}
	if names != "libssl3 tar zlib1g " {
		t.Errorf("%q", names)
	}
	for range inventory.Packages().Seq() {
		break
	}
	must(t, inventory.Close())
	count := 0
	for _, err := range inventory.Packages().Seq() {
		count++
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("after Close: %v", err)
		}
	}
	if count != 1 {
		t.Errorf("%d elements", count)
	}
}
