// SPDX-License-Identifier: Apache-2.0

//go:build go1.23

package imgassure

import (
	"errors"
	"iter"
)

var errStop = errors.New("stop")

// Seq is for range: an error comes once, as the last element.
func (r Rows[T]) Seq() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := r.Each(func(_ int, row T) error {
			if !yield(row, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			var none T
			yield(none, err)
		}
	}
}
