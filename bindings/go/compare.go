// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/compare.h>
// #include <stdlib.h>
import "C"

// Scheme is a version scheme; docs/versions.md says what each follows.
type Scheme int32

// The version schemes. Compare takes their names: "deb", "apk" and so on.
const (
	SchemeDeb      Scheme = C.IMGA_SCHEME_DEB
	SchemeAPK      Scheme = C.IMGA_SCHEME_APK
	SchemeRPM      Scheme = C.IMGA_SCHEME_RPM
	SchemeSemVer   Scheme = C.IMGA_SCHEME_SEMVER
	SchemeNPM      Scheme = C.IMGA_SCHEME_NPM
	SchemeCargo    Scheme = C.IMGA_SCHEME_CARGO
	SchemeGo       Scheme = C.IMGA_SCHEME_GO
	SchemePyPI     Scheme = C.IMGA_SCHEME_PYPI
	SchemeMaven    Scheme = C.IMGA_SCHEME_MAVEN
	SchemeGem      Scheme = C.IMGA_SCHEME_GEM
	SchemeComposer Scheme = C.IMGA_SCHEME_COMPOSER
	SchemeNuGet    Scheme = C.IMGA_SCHEME_NUGET
	SchemeAlpm     Scheme = C.IMGA_SCHEME_ALPM
	SchemeGentoo   Scheme = C.IMGA_SCHEME_GENTOO
	SchemeGeneric  Scheme = C.IMGA_SCHEME_GENERIC
	SchemePub      Scheme = C.IMGA_SCHEME_PUB
	SchemeHex      Scheme = C.IMGA_SCHEME_HEX
	SchemeCRAN     Scheme = C.IMGA_SCHEME_CRAN
	SchemeHackage  Scheme = C.IMGA_SCHEME_HACKAGE
)

// Compare compares two versions: -1, 0 or 1 for a before, equal to, after b. ErrVersion means that one of them cannot be
// parsed, or that the two have no order: cannot tell.
func (s Scheme) Compare(a, b string) (int, error) {
	var left, right cString
	defer func() { left.free(); right.free() }()
	if err := left.set(a); err != nil {
		return 0, err
	}
	if err := right.set(b); err != nil {
		return 0, err
	}
	var order C.int32_t
	var failure *C.imga_error
	if err := takeError(C.imga_version_compare(C.int32_t(s), left.ptr, right.ptr, &order, &failure), failure); err != nil {
		return 0, err
	}
	return int(order), nil
}

// Compare compares two versions of the scheme with a name, such as "deb", as Scheme.Compare does.
func Compare(scheme, a, b string) (int, error) {
	var name cString
	defer name.free()
	if err := name.set(scheme); err != nil {
		return 0, err
	}
	number := Scheme(C.imga_version_scheme(name.ptr))
	if number == 0 {
		return 0, invalid("there is no version scheme %s", scheme)
	}
	return number.Compare(a, b)
}
