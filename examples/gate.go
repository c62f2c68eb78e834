// SPDX-License-Identifier: Apache-2.0

// Gate IMAGE DATABASE POLICY prints the verdict of an image and why; exit code 0 only for pass and warn.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"imgassure.dev/imgassure"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: gate IMAGE DATABASE POLICY")
	}
	ctx := context.Background()
	session, err := imgassure.NewSession()
	check(err)
	database, err := session.OpenDatabase(ctx, os.Args[2])
	check(err)
	policy, err := session.ReadPolicy(ctx, imgassure.FromFile(os.Args[3]))
	check(err)
	verdict, err := session.Gate(ctx, os.Args[1], nil, database, policy, time.Now())
	check(err)
	items, err := verdict.Items().All()
	check(err)
	for _, item := range items {
		if item.Result != imgassure.Pass {
			fmt.Printf("%v: %s: %s\n", item.Result, item.Item, item.Remedy)
		}
	}
	fmt.Printf("%v: %d items\n", verdict.Result(), len(items))
	if verdict.Result() > imgassure.Warn {
		os.Exit(1)
	}
}
