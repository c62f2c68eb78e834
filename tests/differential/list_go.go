// SPDX-License-Identifier: Apache-2.0

// list_go ARCHIVES LISTING: what Go's archive/tar lists of each archive of a batch (see tar_batch.c), with which the
// container runtimes unpack. One line of JSON for each archive. Go 1.19 or newer, no modules.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
)

type entry struct {
	Type string `json:"type"` // the type flag, hexadecimal
	Name string `json:"name"`
	Link string `json:"link"`
	Size int64  `json:"size"` // as the header says
	Data int    `json:"data"` // offset where the reader stands
	Read int64  `json:"read"` // bytes of data that came; -1: sparse, not read
	Sum  uint32 `json:"sum"`  // of them, CRC-32
}

type listing struct {
	Entries []entry `json:"entries"`
	End     string  `json:"end"` // "ok" or the error
}

func isSparse(header *tar.Header) bool {
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return header.Typeflag == tar.TypeGNUSparse
}

func describe(header *tar.Header, offset int) entry {
	return entry{
		Type: fmt.Sprintf("%02x", header.Typeflag),
		Name: hex.EncodeToString([]byte(header.Name)),
		Link: hex.EncodeToString([]byte(header.Linkname)),
		Size: header.Size,
		Data: offset,
		Read: -1,
	}
}

// onlyReader hides Seek, with which archive/tar would jump over data and never see that it is missing.
type onlyReader struct{ io.Reader }

func list(archive []byte) listing {
	source := bytes.NewReader(archive)
	reader := tar.NewReader(onlyReader{source})
	found := listing{Entries: []entry{}, End: "ok"}
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return found
		}
		if err == nil {
			one := describe(header, len(archive)-source.Len())
			if !isSparse(header) {
				sum := crc32.NewIEEE()
				one.Read, err = io.Copy(sum, reader)
				one.Sum = sum.Sum32()
			}
			found.Entries = append(found.Entries, one)
		}
		if err != nil {
			found.End = err.Error()
			return found
		}
	}
}

func run(archives io.Reader, out io.Writer) error {
	encoder := json.NewEncoder(out)
	for {
		var length uint32
		err := binary.Read(archives, binary.LittleEndian, &length)
		if err == io.EOF {
			return nil
		}
		archive := make([]byte, length)
		if err == nil {
			_, err = io.ReadFull(archives, archive)
		}
		if err == nil {
			err = encoder.Encode(list(archive))
		}
		if err != nil {
			return err
		}
	}
}

func runFiles(archives, listing string) error {
	in, err := os.Open(archives)
	if err != nil {
		return err
	}
	defer in.Close()
	file, err := os.Create(listing)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	if err := run(bufio.NewReader(in), out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return file.Close()
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: list_go ARCHIVES LISTING")
		os.Exit(64)
	}
	if err := runFiles(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "list_go:", err)
		os.Exit(1)
	}
}
