// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/evidence.h>
import "C"

import "unsafe"

// CPE is a name that a package may have in NVD.
type CPE struct {
	CPE string `json:"cpe"` // formatted string 2.3
	How string `json:"how"` // how it was made: "declared" by the package, or guessed from its names
}

// ExecutableFlags tell what an executable is, and how it is hardened.
type ExecutableFlags uint32

// The flags.
const (
	ExecutableLibrary  ExecutableFlags = C.IMGA_EXECUTABLE_LIBRARY  // a shared library; otherwise a program
	ExecutableStatic   ExecutableFlags = C.IMGA_EXECUTABLE_STATIC   // without interpreter and needed libraries
	ExecutablePIE      ExecutableFlags = C.IMGA_EXECUTABLE_PIE      // position independent
	ExecutableRELRO    ExecutableFlags = C.IMGA_EXECUTABLE_RELRO    // relocations are read-only after start
	ExecutableNow      ExecutableFlags = C.IMGA_EXECUTABLE_NOW      // bound at start; with RELRO: full RELRO
	ExecutableNX       ExecutableFlags = C.IMGA_EXECUTABLE_NX       // the stack is not executable
	ExecutableCanary   ExecutableFlags = C.IMGA_EXECUTABLE_CANARY   // stack protector
	ExecutableFortify  ExecutableFlags = C.IMGA_EXECUTABLE_FORTIFY  // checked functions of the C library
	ExecutableCET      ExecutableFlags = C.IMGA_EXECUTABLE_CET      // control-flow protection: IBT and SHSTK, BTI and PAC
	ExecutableStripped ExecutableFlags = C.IMGA_EXECUTABLE_STRIPPED // without a symbol table
)

// Has tells whether all of these flags are set.
func (f ExecutableFlags) Has(flags ExecutableFlags) bool {
	return f&flags == flags
}

// Executable is a program or shared library; "" for what is not there.
type Executable struct {
	Layer        int32           `json:"layer"` // index of the layer that it came with
	Path         string          `json:"path"`
	Format       string          `json:"format"`       // "elf", "pe", "mach-o"
	Architecture string          `json:"architecture"` // as OCI writes it
	BuildID      string          `json:"build_id"`     // GNU build id, hexadecimal
	Interpreter  string          `json:"interpreter"`
	Flags        ExecutableFlags `json:"flags"`
	Owner        int32           `json:"owner"` // index of the system's package that owns it, or -1
}

func makeExecutable(row *C.imga_executable_row) Executable {
	return Executable{int32(row.layer), C.GoString(row.path), C.GoString(row.format), C.GoString(row.architecture),
		C.GoString(row.build_id), C.GoString(row.interpreter), ExecutableFlags(row.flags), int32(row.owner)}
}

type property struct{ name, value string }

func makeProperty(row *C.imga_property_row) property {
	return property{C.GoString(row.name), C.GoString(row.value)}
}

// Properties are what is known of the package with this index beyond its row, by name.
func (i *Inventory) Properties(index int) (map[string]string, error) {
	if index < 0 {
		return nil, invalid("the index of a package is below 0")
	}
	properties := map[string]string{}
	err := Rows[property]{i.object, nil, func(ptr unsafe.Pointer, first, count int) ([]property, Code) {
		rows := make([]C.imga_property_row, count)
		rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
		return convert(rows, C.imga_inventory_properties((*C.imga_inventory)(ptr), C.size_t(index), C.size_t(first),
			&rows[0], C.size_t(count)), makeProperty)
	}}.Each(func(_ int, row property) error {
		properties[row.name] = row.value
		return nil
	})
	return properties, err
}

// CPEs are names that the package with this index may have, the likeliest first. None of them is a fact.
func (i *Inventory) CPEs(index int) ([]CPE, error) {
	if index < 0 {
		return nil, invalid("the index of a package is below 0")
	}
	var names []CPE
	err := Rows[CPE]{i.object, nil, func(ptr unsafe.Pointer, first, count int) ([]CPE, Code) {
		rows := make([]C.imga_cpe_row, count)
		rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
		return convert(rows, C.imga_inventory_cpes((*C.imga_inventory)(ptr), C.size_t(index), C.size_t(first), &rows[0],
			C.size_t(count)), func(row *C.imga_cpe_row) CPE { return CPE{C.GoString(&row.cpe[0]), C.GoString(row.how)} })
	}}.Each(func(_ int, row CPE) error {
		names = append(names, row)
		return nil
	})
	return names, err
}

// Executables are ordered by path; a file with several names comes once.
func (i *Inventory) Executables() Rows[Executable] {
	return Rows[Executable]{i.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_inventory_executable_count((*C.imga_inventory)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Executable, Code) {
			rows := make([]C.imga_executable_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_inventory_executables((*C.imga_inventory)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeExecutable)
		}}
}

// UnownedCount is the number of executables that no package of the system owns; 0 after Close.
func (i *Inventory) UnownedCount() (count int) {
	_ = i.use(func(ptr unsafe.Pointer) { count = int(C.imga_inventory_unowned_count((*C.imga_inventory)(ptr))) })
	return count
}
