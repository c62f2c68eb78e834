// SPDX-License-Identifier: Apache-2.0

package imgassure

import "unsafe"

const batchRows = 256 // rows for one crossing into C

// Rows is an immutable sequence in C memory; what comes out is copied. It keeps the object it came from alive, and fails
// with ErrInvalid after that object's Close.
type Rows[T any] struct {
	owner *object
	count func(unsafe.Pointer) int
	fill  func(ptr unsafe.Pointer, first, count int) ([]T, Code)
}

// Len is the number of rows; 0 after Close.
func (r Rows[T]) Len() int {
	n := 0
	_ = r.owner.use(func(ptr unsafe.Pointer) { n = r.count(ptr) })
	return n
}

func (r Rows[T]) read(first, count int) (rows []T, err error) {
	code := CodeOK
	if err = r.owner.use(func(ptr unsafe.Pointer) { rows, code = r.fill(ptr, first, count) }); err != nil {
		return nil, err
	}
	if code < 0 {
		return nil, &Error{Code: code, Message: "the library refused to fill rows", Offset: -1}
	}
	return rows, nil
}

// At gives one row; an index out of range is ErrInvalid.
func (r Rows[T]) At(index int) (T, error) {
	var none T
	if index < 0 {
		return none, invalid("row index %d out of range", index)
	}
	rows, err := r.read(index, 1)
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		return none, invalid("row index %d out of range", index)
	}
	return rows[0], nil
}

// Each calls f for every row until it returns an error, which it passes on. Each crossing into C takes 256 rows.
func (r Rows[T]) Each(f func(index int, row T) error) error {
	for first := 0; ; first += batchRows {
		rows, err := r.read(first, batchRows)
		if err != nil {
			return err
		}
		for i, row := range rows {
			if err := f(first+i, row); err != nil {
				return err
			}
		}
		if len(rows) < batchRows {
			return nil
		}
	}
}

// All gives every row.
func (r Rows[T]) All() ([]T, error) {
	all := make([]T, 0, r.Len())
	err := r.Each(func(_ int, row T) error {
		all = append(all, row)
		return nil
	})
	return all, err
}
