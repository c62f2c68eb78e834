// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/compare.h>
// #include <stdlib.h>
import "C"

// Compare compares two versions of a scheme ("deb" or "apk"): -1, 0 or 1 for a before, equal to, after b. ErrVersion means
// that one of them cannot be parsed: cannot tell.
func Compare(scheme, a, b string) (int, error) {
	var name, left, right cString
	defer func() { name.free(); left.free(); right.free() }()
	for _, s := range []struct {
		c    *cString
		text string
	}{{&name, scheme}, {&left, a}, {&right, b}} {
		if err := s.c.set(s.text); err != nil {
			return 0, err
		}
	}
	number := C.imga_version_scheme(name.ptr)
	if number == 0 {
		return 0, invalid("there is no version scheme %s", scheme)
	}
	var order C.int32_t
	var failure *C.imga_error
	if err := takeError(C.imga_version_compare(number, left.ptr, right.ptr, &order, &failure), failure); err != nil {
		return 0, err
	}
	return int(order), nil
}
